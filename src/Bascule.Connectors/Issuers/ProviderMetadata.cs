namespace Bascule.Connectors.Issuers;

/// <summary>
/// What an issuer says of itself (OpenID Connect Discovery 1.0 section 3, RFC 8414), checked: the issuer is the configured one, every address is https (http for a
/// loopback issuer alone), and the keys are at a host that may have them.
/// </summary>
public sealed record ProviderMetadata
{
    public required string Issuer { get; init; }
    public required Uri Keys { get; init; }
    public Uri? Authorization { get; init; }
    public Uri? Token { get; init; }
    public Uri? DeviceAuthorization { get; init; }
    public Uri? EndSession { get; init; }
    public Uri? Introspection { get; init; }
    public Uri? Revocation { get; init; }
    public Uri? UserInfo { get; init; }

    /// <summary><c>id_token_signing_alg_values_supported</c>; empty when it does not say.</summary>
    public IReadOnlyList<string> IdTokenAlgorithms { get; init; } = [];

    /// <summary><c>code_challenge_methods_supported</c>; empty when it does not say, which Entra does though it supports S256.</summary>
    public IReadOnlyList<string> PkceMethods { get; init; } = [];

    /// <summary><c>token_endpoint_auth_methods_supported</c>; by default <c>client_secret_basic</c>.</summary>
    public IReadOnlyList<string> ClientAuthenticationMethods { get; init; } = ["client_secret_basic"];

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public bool BackChannelLogout { get; init; }

    /// <summary>Whether its logout tokens name the session (<c>sid</c>).</summary>
    public bool BackChannelLogoutSession { get; init; }

    /// <summary>Whether the answer to an authorization request names the issuer (RFC 9207).</summary>
    public bool AuthorizationResponseIssuer { get; init; }
}
