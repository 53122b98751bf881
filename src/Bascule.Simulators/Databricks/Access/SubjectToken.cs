using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Bascule.Simulators.Databricks.Access;

/// <summary>A parsed, unverified JSON Web Token in compact form (RFC 7519).</summary>
internal sealed record SubjectToken(
    string Algorithm,
    string? KeyId,
    JsonElement Claims,
    byte[] Signed,
    byte[] Signature
)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <returns>Null when it is not a token of an accepted form.</returns>
    public static SubjectToken? Parse(string text)
    {
        var parts = text.Split('.');
        if (parts.Length != 3)
            return null;
        try
        {
            var header = Json(parts[0]);
            var claims = Json(parts[1]);
            // RFC 7515 section 4.1.11: what "crit" demands must be understood, and nothing is.
            if (Text(header, "alg") is not ("RS256" or "ES256") || header.TryGetProperty("crit", out _))
                return null;
            var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
            return new(Text(header, "alg")!, Text(header, "kid"), claims, signed, Base64Url.DecodeFromChars(parts[2]));
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return null;
        }
    }

    public string? Text(string claim) => Text(Claims, claim);

    public DateTimeOffset? Instant(string claim) =>
        Claims.TryGetProperty(claim, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds)
        && double.Abs(seconds) < 1e11
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    public IReadOnlyList<string> Audiences() =>
        !Claims.TryGetProperty("aud", out var audience) ? []
        : audience.ValueKind == JsonValueKind.String ? [audience.GetString()!]
        : audience.ValueKind == JsonValueKind.Array
            ? [.. audience.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.String).Select(a => a.GetString()!)]
        : [];

    public bool Has(string claim) => Claims.TryGetProperty(claim, out _);

    private static JsonElement Json(string part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Strict);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new JsonException("A token's parts are JSON objects.");
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
