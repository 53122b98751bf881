using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Workspace;

/// <summary>
/// The source of a Jupyter notebook (nbformat 4), as Databricks keeps notebooks: cells with a separator between them, and text as comments. Assumed: the language is
/// the kernel's and Python where none is named, and anything that is not nbformat 4 is refused.
/// </summary>
internal static class JupyterSource
{
    public static bool TryRead(
        ReadOnlySpan<byte> content,
        [NotNullWhen(true)] out byte[]? source,
        [NotNullWhen(true)] out string? language
    )
    {
        (source, language) = (null, null);
        if (Parse(content) is not { } notebook || notebook["cells"] is not JsonArray cells)
            return false;
        var known = (Text(notebook["metadata"]?["language_info"]?["name"]) ?? "python").ToUpperInvariant();
        if (NotebookFormat.CommentOf(known) is not { } comment)
            return false;
        var parts = new List<string>();
        foreach (var cell in cells)
        {
            if (Text(cell?["cell_type"]) is not { } kind || Source(cell!["source"]) is not { } text)
                return false;
            parts.Add(kind == "code" ? text : comment + "MAGIC %md\n" + Commented(text, comment + "MAGIC "));
        }
        var separator = $"\n\n{comment}COMMAND ----------\n\n";
        var whole = $"{comment}{NotebookFormat.Header}\n{string.Join(separator, parts)}\n";
        (source, language) = (Encoding.UTF8.GetBytes(whole), known);
        return true;
    }

    private static JsonObject? Parse(ReadOnlySpan<byte> content)
    {
        try
        {
            return
                JsonNode.Parse(content) is JsonObject notebook
                && notebook["nbformat"] is JsonValue format
                && format.TryGetValue(out int major)
                && major == 4
                ? notebook
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>One text, or one for each line.</summary>
    private static string? Source(JsonNode? source) =>
        source is JsonArray lines && lines.All(line => Text(line) is not null)
            ? string.Concat(lines.Select(Text))
            : Text(source);

    private static string Commented(string text, string before) =>
        string.Join('\n', text.Split('\n').Select(line => before + line));

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
