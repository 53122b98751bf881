using Bascule.Core.Identity.Tokens;
using Bascule.Core.Text;

namespace Bascule.Core.Exchange;

/// <summary>One claim and what it must be.</summary>
/// <param name="Claim">Its name; one that begins with a slash is a JSON pointer (RFC 6901) into nested claims: <c>/kubernetes.io/namespace</c>.</param>
public sealed record ClaimRule(string Claim, ClaimDemand Demand)
{
    private const int MaxShown = 100;

    /// <summary>Null when it is met; otherwise one sentence for the log.</summary>
    public string? FaultOf(TokenClaims claims)
    {
        var (place, name) = Find(claims);
        return place is not null && Demand.IsMetBy(place, name)
            ? null
            : $"the claim '{Claim}' is {Shown(place, name)} and must be {Demand}";
    }

    /// <summary>The map that would hold the claim, and its name there; a null map when what leads there is no map.</summary>
    private (TokenClaims? Place, string Name) Find(TokenClaims claims)
    {
        if (!Claim.StartsWith('/'))
            return (claims, Claim);
        var names = Claim[1..].Split('/').Select(Unescape).ToArray();
        TokenClaims? place = claims;
        foreach (var name in names[..^1])
            place = place?.Nested(name);
        return (place, names[^1]);
    }

    /// <summary>RFC 6901 section 4: ~1 first, then ~0.</summary>
    private static string Unescape(string part) =>
        part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static string Shown(TokenClaims? place, string name) =>
        place is null ? "not there"
        : place.Text(name) is { } text ? $"'{PlainText.Line(text, MaxShown)}'"
        : place.KindOf(name) is var kind && kind == "nothing" ? "not there"
        : kind;
}
