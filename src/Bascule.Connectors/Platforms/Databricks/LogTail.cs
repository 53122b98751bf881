using System.Text;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>The end of a run's output: what fits, cut at the start.</summary>
internal static class LogTail
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Null when there is nothing.</summary>
    public static string? Of(RunOutput output)
    {
        string?[] parts = [output.Logs, output.NotebookOutput?.Result, Missing(output), output.Error];
        var text = string.Join(
            '\n',
            parts.Where(part => !string.IsNullOrEmpty(part)).Select(part => part!.TrimEnd('\n'))
        );
        return text.Length == 0 ? null : Cut(text);
    }

    /// <summary>The trace, unless the log ends with it anyway.</summary>
    private static string? Missing(RunOutput output) =>
        output.ErrorTrace is { } trace && output.Logs?.Contains(trace.Trim(), StringComparison.Ordinal) != true
            ? trace
            : null;

    private static string Cut(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length <= MaxBytes)
            return text;
        var start = bytes.Length - MaxBytes;
        while ((bytes[start] & 0xC0) == 0x80)
            start++; // never in the middle of a character
        return Encoding.UTF8.GetString(bytes.AsSpan(start));
    }
}
