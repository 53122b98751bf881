using Bascule.Core.Forges;
using Bascule.Core.Identity.Tokens;
using Bascule.Core.Workflows;

namespace Bascule.Core.Exchange;

/// <summary>
/// A repository whose file adds trust policies to those of the settings, and how far they may go: <c>policy_repository</c> in the settings. Nobody gets a token
/// for the repository itself: who could push there would grant themselves (THREATS T53).
/// </summary>
/// <param name="Forge">Its name in the settings.</param>
/// <param name="Id">The repository's number: another one that takes over its name is not meant (THREATS T40).</param>
public sealed record TrustDelegation(string Forge, string Owner, string Name, long Id)
{
    public const string File = "trust-policies.yaml";
    public const int MaxBytes = 256 * 1024;

    public required RefName Branch { get; init; }

    /// <summary>Whose tokens its policies may speak of, by the names of the settings.</summary>
    public required IReadOnlyDictionary<string, TrustedIssuer?> Issuers { get; init; }

    /// <summary>Those of the issuers at which people sign in.</summary>
    public required IReadOnlyList<string> SignIns { get; init; }

    public required IReadOnlyList<RepositoryPattern> Repositories { get; init; }

    public required IReadOnlySet<GitVerb> Verbs { get; init; }

    /// <summary>Of the tokens, at most.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>Whether it is read although the forge does not say that its branch is protected.</summary>
    public bool TrustsUnprotected { get; init; }

    public string FullName => $"{Owner}/{Name}";

    /// <summary>Whether this gives a way into the file itself.</summary>
    public bool IsReachedBy(IReadOnlyList<RepositoryPattern> repositories, IReadOnlySet<GitVerb> verbs) =>
        verbs.Contains(GitVerb.Push) && repositories.Any(pattern => pattern.IsMatch(Forge, FullName));
}
