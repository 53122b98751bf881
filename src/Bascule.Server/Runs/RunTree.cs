using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Runs;

namespace Bascule.Server.Runs;

/// <summary>The files of a run: those of its commit below the workflow's root.</summary>
internal sealed class RunTree(Run run, IMirror mirror, string root)
{
    public Task<Result<IContentTree>> ReadAsync(CancellationToken cancellationToken) =>
        mirror.ReadTreeAsync(run.Commit, root, cancellationToken);

    /// <summary>When they are those that the run was planned with (THREATS T72).</summary>
    public async Task<Result<IContentTree>> ReadAsPlannedAsync(CancellationToken cancellationToken)
    {
        var tree = await ReadAsync(cancellationToken);
        return tree.Problem is null && run.TreeDigest is { } planned && planned != tree.Value.TreeDigest
            ? Problem.Denied(
                $"commit {run.Commit.Short} holds other files than when it was planned, under the same id: somebody has a collision of SHA-1, or changed the mirror; nothing is sent. Remove the mirror, look at the repository, and push a new commit"
            )
            : tree;
    }
}
