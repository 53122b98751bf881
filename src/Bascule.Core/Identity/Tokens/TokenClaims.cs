using System.Text.Json;

namespace Bascule.Core.Identity.Tokens;

/// <summary>
/// The claims of a token, read by type (THREATS T38): what has another type than was asked for, or is null, is absent. A number never reads as a text, a
/// text never as a list, <c>"false"</c> never as a truth value.
/// </summary>
public sealed class TokenClaims
{
    private readonly JsonElement _payload;

    internal TokenClaims(JsonElement payload) => _payload = payload;

    public IEnumerable<string> Names => _payload.EnumerateObject().Select(claim => claim.Name);

    /// <summary>Null for what is not a text, and for the empty one.</summary>
    public string? Text(string name) =>
        Find(name, JsonValueKind.String) is { } value && value.GetString() is { Length: > 0 } text ? text : null;

    public bool? Flag(string name) =>
        Find(name, JsonValueKind.True) is not null ? true
        : Find(name, JsonValueKind.False) is not null ? false
        : null;

    /// <summary>Null for what is not a whole number written in digits.</summary>
    public long? Number(string name) =>
        Find(name, JsonValueKind.Number) is { } value && value.TryGetInt64(out var number) ? number : null;

    /// <summary>Null for what is not a list of texts, none of them empty; one text is no list.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Find(name, JsonValueKind.Array) is not { } list)
            return null;
        List<string> texts = [];
        foreach (var item in list.EnumerateArray())
            if (item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } text)
                texts.Add(text);
            else
                return null;
        return texts;
    }

    /// <summary>The claims of a nested object, as Kubernetes has them; null for anything else.</summary>
    public TokenClaims? Nested(string name) =>
        Find(name, JsonValueKind.Object) is { } value ? new TokenClaims(value) : null;

    /// <summary>What is there, for messages: <c>a text</c>, <c>null</c>, <c>nothing</c>.</summary>
    public string KindOf(string name) =>
        !_payload.TryGetProperty(name, out var value)
            ? "nothing"
            : value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!.Length == 0 ? "an empty text" : "a text",
                JsonValueKind.Number => "a number",
                JsonValueKind.True or JsonValueKind.False => "a truth value",
                JsonValueKind.Array => "a list",
                JsonValueKind.Object => "an object",
                _ => "null",
            };

    public bool Has(string name) => _payload.TryGetProperty(name, out _);

    private JsonElement? Find(string name, JsonValueKind kind) =>
        _payload.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;
}
