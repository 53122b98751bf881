using System.Text.Json.Serialization;

namespace Bascule.Connectors.Issuers;

internal sealed record TokenPayload
{
    public string? IdToken { get; init; }
    public string? AccessToken { get; init; }
    public string? TokenType { get; init; }
}

internal sealed record RefusalPayload
{
    public string? Error { get; init; }
    public string? ErrorDescription { get; init; }
}

internal sealed record UserPayload
{
    public string? Sub { get; init; }
    public string? Name { get; init; }
    public string? PreferredUsername { get; init; }
    public string? Email { get; init; }
}

internal sealed record DevicePayload
{
    public string? DeviceCode { get; init; }
    public string? UserCode { get; init; }
    public string? VerificationUri { get; init; }
    public string? VerificationUriComplete { get; init; }
    public long? ExpiresIn { get; init; }
    public long? Interval { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TokenPayload))]
[JsonSerializable(typeof(RefusalPayload))]
[JsonSerializable(typeof(UserPayload))]
[JsonSerializable(typeof(DevicePayload))]
internal sealed partial class ProviderJson : JsonSerializerContext;
