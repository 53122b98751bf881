using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;

namespace Bascule.Server.Approvals;

/// <summary>Until signatures are checked, no commit is proven by itself.</summary>
internal sealed class NoCommitProof : ICommitProof
{
    public Task<Result<string?>> FindAsync(
        RepositoryKey repository,
        CommitId commit,
        CancellationToken cancellationToken
    ) => Task.FromResult(Result.Of<string?>(null));
}
