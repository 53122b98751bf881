using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.Events;

/// <summary>
/// Finds the commit that merged a pull request where the hook does not say (Gogs names the head branch's tip instead): the first move of the base that
/// brought the head in. A squashed merge brings no head in and is not found.
/// </summary>
internal sealed class MergeFinder(RepositoryLookup lookup, IRepositoryStore repositories)
{
    private const int NewestMoves = 20;

    /// <summary>Null while no recorded move of the base holds the head.</summary>
    public async Task<Result<CommitId?>> FindAsync(PullRequest pullRequest, CancellationToken cancellationToken)
    {
        if (pullRequest.Head is not { } head)
            return Result.Of<CommitId?>(null);
        var opened = await lookup.OpenAsync(pullRequest.Repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var updates = await repositories.ListUpdatesAsync(pullRequest.Repository, cancellationToken);
        foreach (var update in updates.Where(update => update.Ref == pullRequest.Base).TakeLast(NewestMoves))
        {
            var brought = await BringsInAsync(opened.Value, update, head, cancellationToken);
            if (brought.Failed(out var problem))
                return problem;
            if (brought.Value)
                return Result.Of(update.After);
        }
        return Result.Of<CommitId?>(null);
    }

    private static async Task<Result<bool>> BringsInAsync(
        OpenRepository repository,
        RefUpdate update,
        CommitId head,
        CancellationToken cancellationToken
    )
    {
        if (update.After is not { } after)
            return false;
        var holds = await repository.Mirror.IsAncestorAsync(head, after, cancellationToken);
        if (holds.Failed(out var problem) || holds.Value != true || update.Before is not { } before)
            return problem is null ? holds.Value == true : problem;
        var held = await repository.Mirror.IsAncestorAsync(head, before, cancellationToken);
        return held.Failed(out var unread) ? unread : held.Value != true;
    }
}
