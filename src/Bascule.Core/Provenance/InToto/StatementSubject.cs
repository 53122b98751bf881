using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Core.Provenance.InToto;

/// <summary>What a statement is about.</summary>
/// <param name="Name">For people; nothing is matched by it.</param>
/// <param name="Digest">By algorithm: <c>sha256</c>, <c>gitCommit</c>, …; lower-case hex.</param>
public sealed record StatementSubject(string Name, IReadOnlyDictionary<string, string> Digest)
{
    public Uri? Address { get; init; }

    /// <summary>More for people.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public static StatementSubject Of(string name, string algorithm, string hex) =>
        new(name, new Dictionary<string, string> { [algorithm] = hex });

    internal JsonObject ToNode()
    {
        var node = new JsonObject { ["name"] = Name, ["digest"] = Map(Digest) };
        if (Address is not null)
            node["uri"] = Address.OriginalString;
        if (Annotations.Count > 0)
            node["annotations"] = Map(Annotations);
        return node;
    }

    /// <summary>Null without a digest.</summary>
    internal static StatementSubject? Read(JsonElement json)
    {
        if (
            json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("digest", out var digest)
            || digest.ValueKind != JsonValueKind.Object
            || !digest.EnumerateObject().Any()
            || digest.EnumerateObject().Any(one => one.Value.ValueKind != JsonValueKind.String)
        )
            return null;
        var name =
            json.TryGetProperty("name", out var text) && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : "";
        return new StatementSubject(
            name,
            digest.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetString()!)
        );
    }

    private static JsonObject Map(IReadOnlyDictionary<string, string> values)
    {
        var map = new JsonObject();
        foreach (var (key, value) in values)
            map[key] = value;
        return map;
    }
}
