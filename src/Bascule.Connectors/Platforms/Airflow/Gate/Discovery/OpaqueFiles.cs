namespace Bascule.Connectors.Platforms.Airflow.Gate.Discovery;

/// <summary>
/// Files that run and cannot be read. Airflow asks of every file, whatever its name, whether it is a zip archive, and loads DAGs out of those;
/// Python's rule for that is a record near the end, so a source file may be an archive too (THREATS T129).
/// </summary>
internal static class OpaqueFiles
{
    /// <summary>The end record of an archive without its comment, and the longest comment.</summary>
    private const int LongestEnd = 22 + ushort.MaxValue;

    private static readonly string[] Compiled = [".pyc", ".pyo", ".pyd", ".so"];

    private static ReadOnlySpan<byte> EndRecord => "PK\u0005\u0006"u8;

    /// <summary>What it is, with an article; null when it can be read, or does not run.</summary>
    public static string? WhatIs(DagFile file)
    {
        if (Array.Exists(Compiled, ending => file.Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            return "compiled code";
        return file.Bytes is { } bytes && IsArchive(bytes.Span) ? "a zip archive" : null;
    }

    private static bool IsArchive(ReadOnlySpan<byte> bytes) =>
        bytes[Math.Max(0, bytes.Length - LongestEnd)..].IndexOf(EndRecord) >= 0;
}
