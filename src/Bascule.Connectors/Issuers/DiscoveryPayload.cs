using System.Text.Json.Serialization;

namespace Bascule.Connectors.Issuers;

internal sealed record DiscoveryPayload
{
    public string? Issuer { get; init; }
    public string? JwksUri { get; init; }
    public string? AuthorizationEndpoint { get; init; }
    public string? TokenEndpoint { get; init; }
    public string? DeviceAuthorizationEndpoint { get; init; }
    public string? EndSessionEndpoint { get; init; }
    public string? IntrospectionEndpoint { get; init; }
    public string? RevocationEndpoint { get; init; }
    public string? UserinfoEndpoint { get; init; }
    public IReadOnlyList<string>? IdTokenSigningAlgValuesSupported { get; init; }
    public IReadOnlyList<string>? CodeChallengeMethodsSupported { get; init; }
    public IReadOnlyList<string>? TokenEndpointAuthMethodsSupported { get; init; }
    public IReadOnlyList<string>? ScopesSupported { get; init; }
    public bool? BackchannelLogoutSupported { get; init; }
    public bool? BackchannelLogoutSessionSupported { get; init; }
    public bool? AuthorizationResponseIssParameterSupported { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DiscoveryPayload))]
internal sealed partial class DiscoveryJson : JsonSerializerContext;
