namespace Bascule.Core.Forges;

/// <summary>The role of a forge that has reviews of pull requests (Gitea, Forgejo; not Gogs).</summary>
public interface IReviews
{
    /// <summary>Every review, as the forge has it now.</summary>
    Task<Result<IReadOnlyList<PostedReview>>> ListReviewsAsync(
        ForgeRepository repository,
        long number,
        CancellationToken cancellationToken
    );
}

/// <param name="By">Null when the account is gone, or a team was asked.</param>
/// <param name="Official">By somebody whose review the branch's protection counts.</param>
/// <param name="Stale">The head has moved since.</param>
/// <param name="Commit">The head that it was given for; null when the forge does not say.</param>
public sealed record PostedReview(
    long Id,
    ForgeAccount? By,
    ReviewVerdict Verdict,
    bool Official,
    bool Stale,
    bool Dismissed,
    CommitId? Commit,
    DateTimeOffset At
);

public enum ReviewVerdict
{
    Approved,
    ChangesRequested,
    Other,
}

/// <summary>The role of a forge that says which of its accounts a commit belongs to.</summary>
public interface ICommitAccounts
{
    /// <summary>
    /// As the forge tells, which goes by e-mail addresses: good enough to keep somebody out, never to let somebody in (THREATS T101).
    /// </summary>
    Task<Result<CommitAccounts>> FindCommitAccountsAsync(
        ForgeRepository repository,
        CommitId commit,
        CancellationToken cancellationToken
    );
}

/// <summary>Null where the forge knows no account.</summary>
public sealed record CommitAccounts(ForgeAccount? Author, ForgeAccount? Committer);
