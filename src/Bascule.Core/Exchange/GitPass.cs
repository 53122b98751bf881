using Bascule.Core.Forges;
using Bascule.Core.People;

namespace Bascule.Core.Exchange;

/// <summary>What a token of ours opens: one repository, some verbs, some refs, until a moment.</summary>
/// <param name="Uid">What the audit log calls the token: nothing of it can be read from this.</param>
/// <param name="Holder">The person or workload that it was given to.</param>
/// <param name="Repository">By number: a name that goes to another repository opens nothing (THREATS T40, T90).</param>
/// <param name="Policy">The name of the trust policy that allowed it.</param>
public sealed record GitPass(
    string Uid,
    Actor Holder,
    RepositoryKey Repository,
    IReadOnlySet<GitVerb> Verbs,
    RefPatterns Refs,
    string Policy,
    DateTimeOffset ExpiresAt
);

/// <summary>Finds what a token opens. What another replica revoked counts here within a second (THREATS T45, T91).</summary>
public interface IGitPasses
{
    /// <summary>Unauthenticated when there is no such token, or it has expired, was revoked, or its holder retired: which of them, nobody outside is told.</summary>
    Task<Result<GitPass>> FindAsync(Secret token, CancellationToken cancellationToken);

    /// <summary>Whether it is still good, for a stream that is under way. To be asked again every half second; the answer may be remembered for as long.</summary>
    Task<bool> IsGoodAsync(GitPass pass, CancellationToken cancellationToken);
}
