using System.Text.Json.Serialization;

namespace Bascule.Connectors.Secrets;

internal sealed record AzureSecretAnswer(string? Value);

internal sealed record AzureKeyAnswer(AzureKey? Key);

/// <param name="Kid">The key's address, its version last.</param>
internal sealed record AzureKey(string? Kid)
{
    public string? Kty { get; init; }

    public string? Crv { get; init; }

    /// <summary>Of a point, base64url.</summary>
    public string? X { get; init; }

    public string? Y { get; init; }

    [JsonPropertyName("key_ops")]
    public IReadOnlyList<string>? KeyOps { get; init; }
}

/// <param name="Alg">RSA-OAEP-256 to wrap, ES256 to sign.</param>
/// <param name="Value">base64url.</param>
internal sealed record AzureWrapBody(string Alg, string Value);

internal sealed record AzureWrapAnswer(string? Kid, string? Value);

internal sealed record AzureRefusal(AzureError? Error);

internal sealed record AzureError(string? Code, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AzureSecretAnswer))]
[JsonSerializable(typeof(AzureKeyAnswer))]
[JsonSerializable(typeof(AzureWrapBody))]
[JsonSerializable(typeof(AzureWrapAnswer))]
[JsonSerializable(typeof(AzureRefusal))]
internal sealed partial class AzureJson : JsonSerializerContext;
