using System.Text;

namespace Bascule.Simulators.Databricks.Workspace;

/// <summary>How an import decides between notebook and file.</summary>
internal static class NotebookFormat
{
    public const string Header = "Databricks notebook source";

    private static readonly Dictionary<string, (string Language, string Comment)> ByExtension = new()
    {
        [".py"] = ("PYTHON", "# "),
        [".r"] = ("R", "# "),
        [".scala"] = ("SCALA", "// "),
        [".sql"] = ("SQL", "-- "),
    };

    /// <summary>How a line of comment begins; null for a language that is not known.</summary>
    public static string? CommentOf(string language) =>
        ByExtension.Values.FirstOrDefault(known => known.Language == language).Comment;

    /// <summary>What AUTO makes of a path and its content: notebooks lose their extension. Null for a Jupyter notebook that is none.</summary>
    public static ImportedObject? Analyze(string path, byte[] content)
    {
        var extension = Path.GetExtension(path);
        var bare = path[..^extension.Length];
        if (extension.Equals(".ipynb", StringComparison.OrdinalIgnoreCase))
            return Jupyter(bare, content);
        return
            ByExtension.TryGetValue(extension.ToLowerInvariant(), out var known)
            && FirstLine(content) == known.Comment + Header
            ? ImportedObject.Notebook(bare, known.Language, content)
            : ImportedObject.File(path, content);
    }

    /// <summary>Null when it is none.</summary>
    public static ImportedObject? Jupyter(string path, byte[] content) =>
        JupyterSource.TryRead(content, out var source, out var language)
            ? ImportedObject.Notebook(path, language, source)
            : null;

    private static string FirstLine(byte[] content)
    {
        var end = Array.IndexOf(content, (byte)'\n');
        return Encoding.UTF8.GetString(content, 0, end < 0 ? content.Length : end).TrimEnd('\r');
    }
}

/// <summary>What an import makes.</summary>
/// <param name="Content">As the workspace keeps it.</param>
internal sealed record ImportedObject(string Path, string Kind, string? Language, byte[] Content)
{
    public static ImportedObject File(string path, byte[] content) => new(path, "FILE", null, content);

    public static ImportedObject Notebook(string path, string language, byte[] content) =>
        new(path, "NOTEBOOK", language, content);
}
