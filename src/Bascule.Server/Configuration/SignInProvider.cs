using Bascule.Connectors.Issuers;
using Bascule.Core;

namespace Bascule.Server.Configuration;

/// <summary>An identity provider at which people sign in, as the settings describe it.</summary>
/// <param name="Name">Part of the addresses that are registered at the provider.</param>
public sealed record SignInProvider(string Name)
{
    /// <summary>Without a scope of its own for groups: providers differ in that.</summary>
    public static IReadOnlyList<string> UsualScopes { get; } = ["openid", "profile", "email"];

    public required IssuerOptions Issuer { get; init; }

    /// <summary>Bascule's client id there: the audience of what comes back.</summary>
    public required string Client { get; init; }

    public required Secret Secret { get; init; }

    /// <summary>The public client that the command line signs in by (device flow); null when it cannot.</summary>
    public string? CliClient { get; init; }

    /// <summary>On the button.</summary>
    public required string Title { get; init; }

    /// <summary>The claim of the id token that lists a person's groups.</summary>
    public string GroupsClaim { get; init; } = "groups";

    public IReadOnlyList<string> Scopes { get; init; } = UsualScopes;

    /// <summary>Microsoft Graph, where Entra names groups that are too many for a token; null when nobody asks it.</summary>
    public Uri? Graph { get; init; }
}
