using System.Text.Json.Serialization;

namespace Bascule.Testing.Identity;

/// <summary>A person at the provider; the claims are what their tokens say.</summary>
public sealed record OidcUser
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("email")]
    public string? Email { get; init; }

    [JsonPropertyName("email_verified")]
    public bool EmailVerified { get; init; } = true;

    [JsonPropertyName("groups")]
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Cannot sign in or refresh any more; tokens already issued stay good until they expire.</summary>
    [JsonPropertyName("disabled")]
    public bool Disabled { get; init; }
}
