namespace Bascule.Core.Api;

public sealed record SignInProviderList(IReadOnlyList<SignInProviderRecord> Providers);

/// <summary>A provider at which the command line can sign in.</summary>
public sealed record SignInProviderRecord
{
    public required string Name { get; init; }
    public required string Title { get; init; }
    public required string Issuer { get; init; }

    /// <summary>A public client.</summary>
    public required string Client { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>RFC 8628; null when the provider has none, or does not answer just now.</summary>
    public Uri? DeviceEndpoint { get; init; }

    public Uri? TokenEndpoint { get; init; }
}

/// <summary>What the provider gave, brought to Bascule.</summary>
public sealed record SessionRequest(string Provider, string IdToken, string? AccessToken);

/// <summary>The link by which the first administrator signs in.</summary>
/// <param name="Address">Works once.</param>
/// <param name="Minutes">How long it works.</param>
public sealed record FirstAdminRecord(string Address, int Minutes);

/// <summary>A session of the command line.</summary>
/// <param name="Token">Sent as <c>Authorization: Bearer</c> from now on.</param>
/// <param name="Name">Whose it is, for display.</param>
public sealed record SessionRecord(string Token, string Name, DateTimeOffset ExpiresAt);
