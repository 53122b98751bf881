using System.Text;

namespace Bascule.Simulators.Databricks.Workspace;

/// <summary>How an import decides between notebook and file.</summary>
internal static class NotebookFormat
{
    private const string Header = "Databricks notebook source";

    private static readonly Dictionary<string, (string Language, string Comment)> ByExtension = new()
    {
        [".py"] = ("PYTHON", "# "),
        [".r"] = ("R", "# "),
        [".scala"] = ("SCALA", "// "),
        [".sql"] = ("SQL", "-- "),
    };

    /// <summary>What AUTO makes of a path and its content: notebooks lose their extension.</summary>
    public static (string Path, string Kind, string? Language) Analyze(string path, byte[] content)
    {
        var extension = Path.GetExtension(path);
        if (!ByExtension.TryGetValue(extension.ToLowerInvariant(), out var known))
            return (path, "FILE", null);
        return FirstLine(content) == known.Comment + Header
            ? (path[..^extension.Length], "NOTEBOOK", known.Language)
            : (path, "FILE", null);
    }

    private static string FirstLine(byte[] content)
    {
        var end = Array.IndexOf(content, (byte)'\n');
        return Encoding.UTF8.GetString(content, 0, end < 0 ? content.Length : end).TrimEnd('\r');
    }
}
