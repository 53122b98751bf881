using Bascule.Core.Forges;

namespace Bascule.Core.Approvals;

/// <summary>Whether a commit is proven by itself: signed by a key that an account linked to a person holds (ARCHITECTURE 6).</summary>
public interface ICommitProof
{
    /// <summary>In words, who signed it with what; null when nothing proves it. Unavailable when it cannot be told now.</summary>
    Task<Result<string?>> FindAsync(RepositoryKey repository, CommitId commit, CancellationToken cancellationToken);
}
