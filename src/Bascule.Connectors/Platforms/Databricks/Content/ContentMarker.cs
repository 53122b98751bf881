using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core.Json;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>The file that is written last: a directory that has the right one is complete.</summary>
/// <param name="TreeDigest">The digest of the exact tree, whatever was left out of it.</param>
/// <param name="Form">files or packs.</param>
/// <param name="At">When the content was last asked for, to within days: what is old may be collected.</param>
internal sealed record ContentMarker(string Content, string TreeDigest, string Form, DateTimeOffset At)
{
    public bool Names(ContentMarker other) => Content == other.Content && TreeDigest == other.TreeDigest;

    public byte[] ToBytes() =>
        CanonicalJson.Serialize(
            new JsonObject
            {
                ["at"] = At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["content"] = Content,
                ["form"] = Form,
                ["tree"] = TreeDigest,
            }
        );

    /// <summary>Null when it is not one of ours.</summary>
    public static ContentMarker? Parse(byte[] bytes)
    {
        var read = StrictJson.Parse(bytes);
        if (read.Failed(out _) || JsonNodeOf(read.Value) is not { } json)
            return null;
        var at = Text(json, "at");
        return
            Text(json, "content") is { } content
            && Text(json, "tree") is { } tree
            && Text(json, "form") is { } form
            && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new ContentMarker(content, tree, form, time)
            : null;
    }

    private static JsonObject? JsonNodeOf(System.Text.Json.JsonElement json) =>
        json.ValueKind == System.Text.Json.JsonValueKind.Object ? JsonObject.Create(json) : null;

    private static string? Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
