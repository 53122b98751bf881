using System.Text.Json;
using Bascule.Core.Json;

namespace Bascule.Core.Identity.Tokens;

/// <summary>
/// What is read of a JOSE header. Keys and addresses in it (<c>jwk</c>, <c>jku</c>, <c>x5u</c>, <c>x5c</c>) are never looked at: keys come from the issuer
/// alone (THREATS T24).
/// </summary>
internal sealed record TokenHeader(string Algorithm, string? KeyId, string? Type)
{
    private const int MaxKeyId = 256;
    private const int MaxDepth = 4;

    /// <summary>Extensions that change what is signed or how: none is understood, so none is ignored (RFC 7515 section 4.1.11, RFC 7797, RFC 7516).</summary>
    private static readonly string[] Refused = ["crit", "b64", "enc", "zip"];

    public static Result<TokenHeader> Read(ReadOnlyMemory<byte> json)
    {
        var parsed = StrictJson.Parse(json, MaxDepth);
        if (parsed.Failed(out var problem))
            return TokenProblem.Malformed($"its header is refused: {problem.Message}");
        if (parsed.Value.ValueKind != JsonValueKind.Object)
            return TokenProblem.Malformed("its header is not a JSON object");
        if (Array.Find(Refused, name => parsed.Value.TryGetProperty(name, out _)) is { } extension)
            return TokenProblem.Malformed($"its header has '{extension}', which is not supported");
        if (Text(parsed.Value, "alg") is not { } algorithm)
            return TokenProblem.Malformed("its header names no alg");
        if (!IsAbsentOrText(parsed.Value, "kid") || !IsAbsentOrText(parsed.Value, "typ"))
            return TokenProblem.Malformed("kid and typ of its header must be texts");
        var keyId = Text(parsed.Value, "kid");
        if (keyId is { Length: 0 or > MaxKeyId } || keyId?.Any(char.IsControl) == true)
            return TokenProblem.Malformed($"the kid of its header is not a name of 1 to {MaxKeyId} letters");
        var type = Text(parsed.Value, "typ");
        return type is { Length: 0 }
            ? TokenProblem.Malformed("the typ of its header is empty")
            : new TokenHeader(algorithm, keyId, type);
    }

    /// <summary>The type without <c>application/</c> and in lower case, as media types are compared (RFC 7515 section 4.1.9); empty when there is none.</summary>
    public string MediaType
    {
        get
        {
            const string prefix = "application/";
            var type = Type?.ToLowerInvariant() ?? "";
            return type.StartsWith(prefix, StringComparison.Ordinal) ? type[prefix.Length..] : type;
        }
    }

    private static bool IsAbsentOrText(JsonElement header, string name) =>
        !header.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.String;

    private static string? Text(JsonElement header, string name) =>
        header.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
