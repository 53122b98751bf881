using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Events;
using Bascule.Server.Reports;

namespace Bascule.Server.Deployments.Copying;

/// <summary>
/// Has a branch of the forge say what the deploy ref says, for those who would rather follow the forge. It is always brought to where the ref is now: of several
/// moves the last one counts, and what somebody else pushed there does not stay.
/// </summary>
internal sealed class CopyHandler(
    IDeploymentStore deployments,
    EnvironmentConnections environments,
    RepositoryLookup lookup,
    ForgeCopies copies,
    TimeProvider time
) : IWorkHandler
{
    private const string Step = "copy";

    public string Kind => CopyWork.Kind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (await FindAsync(item, cancellationToken) is not { } deployed)
            return WorkResult.Finished();
        var opened = await lookup.OpenConfirmedAsync(deployed.Place.Repository, cancellationToken);
        if (opened.Failed(out var problem))
            return ReportRetry.After(item, problem);
        var copied = await copies.BringAsync(opened.Value, deployed, cancellationToken);
        if (copied.Failed(out problem))
            return ReportRetry.After(item, problem);
        return copied.Value is { } told && deployed.Run is { } run
            ? WorkResult.Finished(new AddTimeline(run, new TimelineEntry(time.GetUtcNow(), Step, told)))
            : WorkResult.Finished();
    }

    public async Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(item, cancellationToken) is { Run: { } run } deployed
            ? UntoldRun.Note(run, $"{deployed.Place.Ref} at the forge", item, problem, time.GetUtcNow())
            : [];

    /// <summary>Null when nothing is deployed, or the environment asks for no copy any more.</summary>
    private async Task<Deployment?> FindAsync(WorkItem item, CancellationToken cancellationToken) =>
        DeploymentReading.PlaceOf(item.Subject) is { } place
        && environments.Find(place.Environment)?.Rule.CopiesDeployRef == true
            ? await deployments.FindAsync(place, cancellationToken)
            : null;
}
