using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Runs;

/// <summary>
/// Runs of the same ref, workflow and environment. Each pull request has a ref of its own. A newer one is one that was planned later, for a later move of
/// the ref or a later planned time: a person who asks for an old commit again gets it.
/// </summary>
internal sealed class RunSiblings(IRunStore runs)
{
    private const int NewestRuns = 100;

    /// <summary>The newest run that makes this one superfluous while it waits.</summary>
    public async Task<Run?> FindNewerAsync(Run run, CancellationToken cancellationToken)
    {
        var later = (await ListAsync(run, cancellationToken)).TakeWhile(other => other.Id != run.Id);
        return later.FirstOrDefault(other => other.State != RunState.Refused && other.Trigger.IsNewerThan(run.Trigger));
    }

    /// <summary>Older runs that the platform has, or may have.</summary>
    public async Task<IReadOnlyList<Run>> FindInProgressAsync(Run run, CancellationToken cancellationToken)
    {
        var earlier = (await ListAsync(run, cancellationToken)).SkipWhile(other => other.Id != run.Id);
        return
        [
            .. earlier.Where(other =>
                other is { IsFinal: false, StartBegun: true } && run.Trigger.IsNewerThan(other.Trigger)
            ),
        ];
    }

    /// <summary>Those that wait find out, when they are looked at, that a newer one is there: now, instead of when their wait is over.</summary>
    public async Task<IReadOnlyList<Change>> WakeOlderAsync(
        Run run,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await ListAsync(run, cancellationToken))
                .Where(other =>
                    other is { State: RunState.Queued, StartBegun: false } && run.Trigger.IsNewerThan(other.Trigger)
                )
                .Select(other => RunWork.Start(other, now)),
        ];

    private async Task<IEnumerable<Run>> ListAsync(Run run, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(run.Repository, Ref: run.Ref, Workflow: run.Workflow, Limit: NewestRuns);
        return (await runs.ListAsync(filter, cancellationToken)).Where(other => other.Environment == run.Environment);
    }
}
