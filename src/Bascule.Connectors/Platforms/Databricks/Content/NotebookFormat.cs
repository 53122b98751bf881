using System.Text;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>Which files Databricks takes for notebooks: they lose their extension there and become objects of another kind.</summary>
internal static class NotebookFormat
{
    public const string HeaderText = "Databricks notebook source";

    private static readonly ImportFormat Jupyter = new("JUPYTER");

    private static readonly Dictionary<string, (string Comment, ImportFormat Format)> BySource = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        [".py"] = ("# ", new ImportFormat("SOURCE", "PYTHON")),
        [".r"] = ("# ", new ImportFormat("SOURCE", "R")),
        [".scala"] = ("// ", new ImportFormat("SOURCE", "SCALA")),
        [".sql"] = ("-- ", new ImportFormat("SOURCE", "SQL")),
    };

    /// <summary>Whether the bytes must be seen to know.</summary>
    public static bool DependsOnContent(string path) => BySource.ContainsKey(Extension(path));

    public static ImportFormat Of(string path, ReadOnlySpan<byte> content)
    {
        if (string.Equals(Extension(path), ".ipynb", StringComparison.OrdinalIgnoreCase))
            return Jupyter;
        return BySource.TryGetValue(Extension(path), out var known) && HasHeader(content, known.Comment)
            ? known.Format
            : ImportFormat.Raw;
    }

    /// <summary>How a line of comment begins in a source file that may be a notebook; null for every other file.</summary>
    public static string? CommentOf(string path) =>
        BySource.TryGetValue(Extension(path), out var known) ? known.Comment : null;

    public static string WithoutExtension(string path) => path[..^Extension(path).Length];

    private static bool HasHeader(ReadOnlySpan<byte> content, string comment)
    {
        var end = content.IndexOf((byte)'\n');
        var line = (end < 0 ? content : content[..end]).TrimEnd((byte)'\r');
        return line.SequenceEqual(Encoding.ASCII.GetBytes(comment + HeaderText));
    }

    private static string Extension(string path) => Path.GetExtension(path);
}
