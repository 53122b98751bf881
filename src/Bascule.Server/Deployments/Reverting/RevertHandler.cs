using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Events;
using Bascule.Server.Reports;

namespace Bascule.Server.Deployments.Reverting;

/// <summary>
/// Has Git tell the same story after a rollback: a branch that takes the bad commit back, and a pull request from it, or on forges without a call for that a
/// link. Whatever it finds made already is used as it is.
/// </summary>
internal sealed class RevertHandler(
    Rollbacks rollbacks,
    RepositoryLookup lookup,
    RevertBranches branches,
    RevertProposals proposals,
    TimeProvider time
) : IWorkHandler
{
    private const string Step = "rollback";

    public string Kind => RevertWork.Kind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (await FindAsync(item, cancellationToken) is not { } rollback)
            return WorkResult.Finished();
        var opened = await lookup.OpenConfirmedAsync(rollback.Back.Place.Repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return ReportRetry.After(item, unopened);
        var made = await branches.MakeAsync(opened.Value, rollback, cancellationToken);
        if (made.Failed(out var unmade))
            return ReportRetry.After(item, unmade);
        if (made.Value is not { } branch)
            return WorkResult.Finished(
                Tell(rollback, $"{rollback.Branch.ShortName} needs no change to be as deployed")
            );
        var proposed = await proposals.ProposeAsync(opened.Value, rollback, branch, cancellationToken);
        return proposed.Failed(out var unproposed)
            ? ReportRetry.After(item, unproposed)
            : WorkResult.Finished([.. proposed.Value.Changes, Tell(rollback, proposed.Value.Text)]);
    }

    public async Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(item, cancellationToken) is { } rollback
            ? UntoldRun.Note(rollback.Run.Id, "the repository", item, problem, time.GetUtcNow())
            : [];

    private async Task<Rollback?> FindAsync(WorkItem item, CancellationToken cancellationToken) =>
        RevertWork.Parse(item.Subject) is var (place, generation)
            ? await rollbacks.FindAsync(place, generation, cancellationToken)
            : null;

    private AddTimeline Tell(Rollback rollback, string text) =>
        new(
            rollback.Run.Id,
            new TimelineEntry(time.GetUtcNow(), Step, $"rolled back in {rollback.Environment}; {text}")
        );
}
