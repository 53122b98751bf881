using System.Text.Json.Serialization;

namespace Bascule.Testing.Identity;

/// <summary>A client as the provider knows it (OpenID Connect Dynamic Client Registration 1.0 section 2).</summary>
public sealed record OidcClient
{
    [JsonPropertyName("client_id")]
    public required string Id { get; init; }

    [JsonPropertyName("client_secret"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    [JsonPropertyName("token_endpoint_auth_method")]
    public string AuthMethod { get; init; } = "client_secret_basic";

    [JsonPropertyName("application_type")]
    public string ApplicationType { get; init; } = "web";

    [JsonPropertyName("grant_types")]
    public required IReadOnlyList<string> GrantTypes { get; init; }

    [JsonPropertyName("response_types")]
    public IReadOnlyList<string> ResponseTypes { get; init; } = [];

    [JsonPropertyName("redirect_uris")]
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    [JsonPropertyName("post_logout_redirect_uris")]
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>Where the provider posts a logout token when the person signs out there.</summary>
    [JsonPropertyName("backchannel_logout_uri"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BackChannelLogoutUri { get; init; }

    [JsonPropertyName("backchannel_logout_session_required")]
    public bool BackChannelLogoutSessionRequired { get; init; }

    /// <summary>A server that people sign in to: code and PKCE, with refresh tokens.</summary>
    public static OidcClient Web(string id, string secret, params IReadOnlyList<string> redirectUris) =>
        new()
        {
            Id = id,
            Secret = secret,
            GrantTypes = ["authorization_code", "refresh_token"],
            ResponseTypes = ["code"],
            RedirectUris = redirectUris,
        };

    /// <summary>A command line: device flow, without a secret.</summary>
    public static OidcClient Device(string id) =>
        new()
        {
            Id = id,
            AuthMethod = "none",
            ApplicationType = "native",
            GrantTypes = ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
        };

    /// <summary>A workload: client credentials. Its access tokens are JWTs (RFC 9068) whose <c>sub</c> is the client.</summary>
    public static OidcClient Service(string id, string secret) =>
        new()
        {
            Id = id,
            Secret = secret,
            GrantTypes = ["client_credentials"],
        };
}
