using Bascule.Connectors.Issuers;
using Bascule.Core;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Text;

namespace Bascule.Server.SignIn;

/// <summary>What a verified id token says of a person beside who it is: what to call them, and their groups.</summary>
internal sealed class PersonClaims(ProviderLinks providers)
{
    private const int MaxEmail = 200;
    private const int MaxName = 100;

    /// <summary>For display only. Where the token has no name, the userinfo endpoint is asked; its silence costs nothing but a nice name.</summary>
    public async Task<(string Name, string? Email)> ReadNameAsync(
        VerifiedToken token,
        Arrival arrival,
        CancellationToken cancellationToken
    )
    {
        var email = token.Claims.Text("email");
        var named = token.Claims.Text("name") ?? token.Claims.Text("preferred_username");
        if (named is not null || arrival.AccessToken is null)
            return (token.Display, Line(email));
        var user = await providers.ReadUserAsync(
            arrival.Provider,
            arrival.AccessToken,
            token.Subject.Id,
            cancellationToken
        );
        var said = user.Problem is null ? user.Value : new ProviderUser(Name: null, Email: null);
        return (PlainText.Line(said.Name ?? email ?? said.Email ?? token.Display, MaxName), Line(email ?? said.Email));
    }

    /// <summary>Denied, with the remedy, when the provider does not say which groups they are: none at all would silently be fewer rights.</summary>
    public async Task<Result<IReadOnlyList<string>>> ReadGroupsAsync(
        VerifiedToken token,
        Arrival arrival,
        CancellationToken cancellationToken
    )
    {
        var claim = arrival.Provider.GroupsClaim;
        if (token.Claims.Texts(claim) is { } groups)
            return Result.Of<IReadOnlyList<string>>([.. groups.Distinct(StringComparer.Ordinal)]);
        if (token.Claims.Has(claim))
            return Problem.Denied(
                $"the claim '{claim}' is {token.Claims.KindOf(claim)} and must be a list of texts; correct it at {arrival.Provider.Title}"
            );
        if (!HasTooMany(token.Claims, claim))
            return Result.Of<IReadOnlyList<string>>([]);
        if (arrival.Provider.Graph is null || arrival.AccessToken is null)
            return Problem.Denied(
                $"{arrival.Provider.Title} did not name your groups, because they are too many for its token; whoever runs Bascule sets "
                    + $"sign_in.{arrival.Provider.Name}.graph, or lets the provider name only the groups that are assigned to Bascule"
            );
        return await providers.ReadGraphGroupsAsync(arrival.Provider, arrival.AccessToken, cancellationToken);
    }

    /// <summary>Entra's forms of "more than fit": a reference (code flow), or a mark (implicit flow). The address in the reference is never called.</summary>
    private static bool HasTooMany(TokenClaims claims, string claim) =>
        claims.Nested("_claim_names")?.Has(claim) == true || claims.Flag("hasgroups") == true;

    private static string? Line(string? text) => text is null ? null : PlainText.Line(text, MaxEmail);
}
