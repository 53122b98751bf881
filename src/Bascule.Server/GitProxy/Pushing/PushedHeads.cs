using Bascule.Core.Forges;
using Bascule.Core.Pushes;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>Where a ref stands once a push is through.</summary>
internal sealed record PushedHead(RefName Ref, CommitId Commit);

/// <summary>Which refs runs may follow from: the branches that moved, and the heads of open pull requests that move with them.</summary>
internal sealed class PushedHeads(IRepositoryStore repositories)
{
    private const int MostPullRequests = 200;

    public async Task<IReadOnlyList<PushedHead>> ListAsync(
        RepositoryKey key,
        IReadOnlyList<RefCommand> moved,
        CancellationToken cancellationToken
    )
    {
        var branches = moved
            .Where(command => !command.IsDeletion)
            .Select(command => new PushedHead(RefName.Parse(command.Name), command.After))
            .Where(head => head.Ref.IsBranch)
            .ToList();
        if (branches.Count == 0)
            return [];
        var open = await repositories.ListOpenPullRequestsAsync(key, MostPullRequests, cancellationToken);
        var pulls =
            from branch in branches
            from pull in open
            where !pull.FromFork && pull.HeadBranch == branch.Ref.ShortName
            select new PushedHead(RefName.PullRequestHead(pull.Number), branch.Commit);
        return [.. branches, .. pulls];
    }

    /// <summary>A ref's new tip is stored together with the runs that follow from it.</summary>
    public async Task<bool> ArePlannedAsync(
        RepositoryKey key,
        IReadOnlyList<PushedHead> heads,
        CancellationToken cancellationToken
    )
    {
        foreach (var head in heads)
            if ((await repositories.FindRefAsync(key, head.Ref, cancellationToken))?.Tip != head.Commit)
                return false;
        return true;
    }
}
