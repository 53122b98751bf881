using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Bascule.Core.Work;
using Bascule.Server.Work;

namespace Bascule.Server.Events;

/// <summary>
/// Looks at a ref, or the head of a pull request, because Bascule itself has a reason to, not because a forge said so: it was found moved without a
/// delivery.
/// </summary>
internal sealed class LookHandler(
    RepositoryLookup lookup,
    RefObserver observer,
    PullRequestObserver pullRequests,
    IRepositoryStore repositories,
    IReconcileStore comparisons
) : IWorkHandler
{
    public const string LookKind = "look.ref";
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    public string Kind => LookKind;

    public static Change At(RepositoryKey repository, RefName name, DateTimeOffset now) =>
        new AddWork(
            new NewWork(EventWork.LaneOf(repository, name), LookKind, $"{repository} {name}", now, Once: true)
            {
                Share = repository.ToString(),
            }
        );

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var (repository, name) = Parse(item.Subject);
        var opened = await lookup.OpenAsync(repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return WorkResult.Retry(BackOff.For(unopened, item.Attempt, FirstWait), unopened);
        var seen = await LookAsync(opened.Value, name, cancellationToken);
        return seen.Failed(out var unseen)
            ? WorkResult.Retry(BackOff.For(unseen, item.Attempt, FirstWait), unseen)
            : WorkResult.Finished([.. seen.Value, new RemoveMissedRef(repository, name)]);
    }

    public Task<IReadOnlyList<Change>> AbandonAsync(WorkItem item, Problem problem, CancellationToken cancellationToken)
    {
        var (repository, name) = Parse(item.Subject);
        return Task.FromResult<IReadOnlyList<Change>>([new RemoveMissedRef(repository, name)]);
    }

    private async Task<Result<IReadOnlyList<Change>>> LookAsync(
        OpenRepository repository,
        RefName name,
        CancellationToken cancellationToken
    )
    {
        var missed = await comparisons.FindMissedAsync(repository.Key, name, cancellationToken);
        var cause = missed is null ? LookCause.Connecting : LookCause.Comparison(missed);
        if (name.PullRequestNumber is { } number)
            return await LookAtPullRequestAsync(repository, number, cause, cancellationToken);
        var seen = await observer.LookAsync(repository, name, cause, cancellationToken);
        return seen.Failed(out var problem) ? problem : Result.Of(seen.Value.Changes);
    }

    private async Task<Result<IReadOnlyList<Change>>> LookAtPullRequestAsync(
        OpenRepository repository,
        long number,
        LookCause cause,
        CancellationToken cancellationToken
    )
    {
        var known = await repositories.FindPullRequestAsync(repository.Key, number, cancellationToken);
        // Only a signed hook tells base and fork: without one there is nothing to decide by.
        if (known is not { State: PullRequestState.Open })
            return Result.Of<IReadOnlyList<Change>>([]);
        var seen = await pullRequests.LookAsync(repository, known, former: null, cause, cancellationToken);
        return seen.Failed(out var problem) ? problem : Result.Of(seen.Value.Changes);
    }

    private static (RepositoryKey Repository, RefName Name) Parse(string subject)
    {
        var space = subject.IndexOf(' ', StringComparison.Ordinal);
        var slash = subject.IndexOf('/', StringComparison.Ordinal);
        var id = long.Parse(subject[(slash + 1)..space], System.Globalization.CultureInfo.InvariantCulture);
        return (new RepositoryKey(subject[..slash], id), RefName.Parse(subject[(space + 1)..]));
    }
}
