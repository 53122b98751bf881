using Bascule.Core.Identity.Tokens;
using Bascule.Core.Workflows;

namespace Bascule.Core.Exchange;

/// <summary>
/// Whose tokens open which repositories: one entry of the settings' <c>trust_policies</c>, compiled once and asked often. It only ever adds; what no policy
/// allows is denied.
/// </summary>
public sealed record TrustPolicy(string Name)
{
    /// <summary>Of the tokens that are given.</summary>
    public static readonly TimeSpan UsualLifetime = TimeSpan.FromMinutes(15);

    /// <summary>Longer is a password.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(1);

    /// <summary>As its tokens write it.</summary>
    public required IssuerUrl Issuer { get; init; }

    /// <summary>What <c>sub</c> must be.</summary>
    public required ClaimDemand Subject { get; init; }

    /// <summary>One of which a token must be for. None: no token is good, only the session of somebody who has signed in.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>Whether a token that is for others too is good (THREATS T25).</summary>
    public bool AllowOtherAudiences { get; init; }

    /// <summary>All of which must be met.</summary>
    public IReadOnlyList<ClaimRule> Claims { get; init; } = [];

    public required IReadOnlyList<RepositoryPattern> Repositories { get; init; }

    /// <summary>Beyond which it gives nothing, whatever it says itself; null for one of the settings.</summary>
    public IReadOnlyList<RepositoryPattern>? Within { get; init; }

    public required RefPatterns Refs { get; init; }

    public required IReadOnlySet<GitVerb> Verbs { get; init; }

    public TimeSpan Lifetime { get; init; } = UsualLifetime;

    /// <summary>Whether a token is good for one exchange only, on all replicas together (THREATS T31).</summary>
    public bool IsSingleUse { get; init; }

    /// <summary>Null when it speaks of this identity; otherwise why not, in one sentence.</summary>
    public string? FaultOf(ShownIdentity identity)
    {
        if (identity.Subject.Issuer != Issuer.Text)
            return "it is for another issuer";
        if (FaultOfAudience(identity) is { } audience)
            return audience;
        if (new ClaimRule("sub", Subject).FaultOf(identity.Claims) is { } subject)
            return subject;
        return Claims.Select(rule => rule.FaultOf(identity.Claims)).FirstOrDefault(fault => fault is not null);
    }

    /// <summary>Null when it gives this; otherwise why not.</summary>
    public string? FaultOf(ExchangeWish wish)
    {
        if (!Repositories.Any(pattern => pattern.IsMatch(wish.Forge, wish.Repository)))
            return $"it gives nothing on '{wish.Forge}:{wish.Repository}', only on {string.Join(", ", Repositories)}";
        if (Within is { } within && !within.Any(pattern => pattern.IsMatch(wish.Forge, wish.Repository)))
            return $"the settings delegate nothing on '{wish.Forge}:{wish.Repository}', only on {string.Join(", ", within)}";
        return wish.Verbs.All(Verbs.Contains)
            ? null
            : $"it does not give {string.Join(" and ", wish.Verbs.Where(verb => !Verbs.Contains(verb)).Select(verb => verb.Write()))}";
    }

    private string? FaultOfAudience(ShownIdentity identity)
    {
        if (identity.Audiences is not { } named)
            return IsSingleUse ? "it takes tokens that are good once, and a session is not" : null;
        if (!named.Any(Audiences.Contains))
            return $"the token is for {ClaimWords.Quote(named)} and must be for {(Audiences.Count == 0 ? "nobody: only sessions count" : ClaimWords.Quote(Audiences))}";
        return named.Count > 1 && !AllowOtherAudiences
            ? "the token is for others besides; the policy would have to say other_audiences: true"
            : null;
    }
}

/// <summary>What somebody would like to open.</summary>
/// <param name="Forge">Its name in the settings.</param>
/// <param name="Repository">owner/name, as the forge itself writes it.</param>
/// <param name="Verbs">Empty for whatever the policy gives.</param>
public sealed record ExchangeWish(string Forge, string Repository, IReadOnlyList<GitVerb> Verbs);
