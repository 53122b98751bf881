using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Installation;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Approvals;
using Bascule.Server.Audit;
using Bascule.Server.Events;
using Bascule.Server.Reports;
using Bascule.Server.Runs.Reproducing;
using Bascule.Server.Telemetry;
using Bascule.Storage;

namespace Bascule.Server.Runs;

/// <summary>Takes what people ask of runs: writes it down, stores it, and lets the run's own steps do it.</summary>
internal sealed class RunCommands(
    IRunStore runs,
    IWorkStore store,
    IInstallationStore installation,
    RunContexts contexts,
    RepositoryLookup lookup,
    ApprovalOpening approvals,
    ReproductionStart reproductions,
    AuditTrail audit,
    BasculeMetrics metrics,
    TimeProvider time
) : IRunCommands
{
    public async Task<Result<Run>> CancelAsync(RunId id, string by, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(id, cancellationToken) is not { } run)
            return Unknown(id);
        if (run.IsFinal)
            return Problem.Conflict($"run {id} has ended already: {run.State.ToString().ToLowerInvariant()}");
        // A safety act goes on while the log cannot be written (ARCHITECTURE 2.8): its entry waits in the spool.
        var written = await WriteAsync(audit.ForSafety, "cancel", run, by, cancellationToken);
        if (written.Failed(out var unwritten))
            return unwritten;
        var stored = await StoreCancelAsync(run, by, cancellationToken);
        if (stored.Failed(out var problem) && problem.Code == ProblemCode.Unavailable)
            stored = await StopAsync(run, problem, cancellationToken);
        return stored.Failed(out problem) ? problem : run with { CancelRequested = true };
    }

    public async Task<Result<Run>> RetryAsync(RunId id, string by, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(id, cancellationToken) is not { } run)
            return Unknown(id);
        if (run.OnMerge)
            return Problem.Conflict(
                $"run {id} is only the plan of what a merge runs; push a commit to have it planned again"
            );
        // One that has a plan was granted, and has expired or was held back.
        if (run.Environment is null || run is { State: RunState.Refused, IsHeldBack: false })
            return Problem.Conflict($"run {id} never had leave to run; push a commit that may");
        if (!run.IsFinal)
            return Problem.Conflict($"run {id} has not ended; cancel it first: bascule run cancel {id}");
        var written = await WriteAsync(audit, "retry", run, by, cancellationToken);
        if (written.Failed(out var unwritten))
            return unwritten;
        var planned = await contexts.PlanAgainAsync(await AgainAsync(run, cancellationToken), cancellationToken);
        if (planned.Failed(out var unplanned))
            return unplanned;
        var opened = await OpenAsync(planned.Value, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var again = opened.Value.Run;
        var now = time.GetUtcNow();
        var stored = await store.ApplyAsync(
            [
                new AddRun(again),
                new AddTimeline(again.Id, new TimelineEntry(now, "plan", $"run {id} again, asked for by {by}")),
                .. again.State == RunState.Queued ? [RunWork.Start(again, now)] : Array.Empty<Change>(),
                .. opened.Value.Changes,
                .. ReportWork.For(again, now),
            ],
            cancellationToken
        );
        if (stored.Failed(out var problem))
            return problem;
        if (await runs.FindByKeyAsync(again.Key, cancellationToken) is not { } kept)
            return again;
        if (kept.Id == again.Id)
            metrics.RunMoved("none", again.State.Word());
        // Two people who ask at once get one run: the key is the same.
        return kept;
    }

    public async Task<Result<Run>> ReproduceAsync(
        RunId id,
        ReproductionRequest request,
        string by,
        CancellationToken cancellationToken
    ) =>
        await runs.FindAsync(id, cancellationToken) is { } run
            ? await reproductions.AskAsync(run, request, by, cancellationToken)
            : Unknown(id);

    private async Task<Result<Done>> StoreCancelAsync(Run run, string by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Change[] changes =
        [
            new RequestCancel(run.Id),
            new AddTimeline(run.Id, new TimelineEntry(now, "cancel", $"asked for by {by}")),
            RunWork.Cancel(run, now),
        ];
        try
        {
            return await store.ApplyAsync(changes, cancellationToken);
        }
        catch (StorageException full)
        {
            return Problem.Unavailable(full.Message);
        }
    }

    /// <summary>Without the inbox, on a database that can only be read: what runs at the platform is stopped there, and its poll learns of it later.</summary>
    private async Task<Result<Done>> StopAsync(Run run, Problem unstored, CancellationToken cancellationToken)
    {
        if (run.State != RunState.Started)
            return unstored;
        var opened = await contexts.OpenToStopAsync(run, cancellationToken);
        return opened.Failed(out var problem) ? problem : await opened.Value.Steps.CancelAsync(cancellationToken);
    }

    /// <summary>Asking again is no way around approvals: what was approved of this very run counts as long as it does, and no longer.</summary>
    private async Task<Result<OpenedRun>> OpenAsync(Run again, CancellationToken cancellationToken)
    {
        // Whoever may roll back has asked for it; it goes no further than that, and not at all once something else was deployed.
        if (again.IsRollback)
            return new OpenedRun(again, []);
        var repository = await lookup.OpenAsync(again.Repository, cancellationToken);
        return repository.Failed(out var unopened)
            ? unopened
            : await approvals.OpenAsync(again, move: null, repository.Value.Mirror, root: "", cancellationToken);
    }

    private async Task<Run> AgainAsync(Run run, CancellationToken cancellationToken)
    {
        var ordinal = await NextOrdinalAsync(run, cancellationToken);
        var epoch = await installation.ReadEpochAsync(cancellationToken);
        return run.Afresh(epoch, run.Trigger, ordinal, time.GetUtcNow());
    }

    private async Task<int> NextOrdinalAsync(Run run, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(run.Repository, Commit: run.Commit, Workflow: run.Workflow, Limit: 1000);
        var siblings = await runs.ListAsync(filter, cancellationToken);
        return siblings
                .Where(sibling => sibling.Trigger == run.Trigger && sibling.Environment == run.Environment)
                .Max(sibling => sibling.Ordinal) + 1;
    }

    private static Task<Result<Done>> WriteAsync(
        AuditTrail trail,
        string what,
        Run run,
        string by,
        CancellationToken cancellationToken
    ) =>
        trail.WriteAsync(
            new AuditEntry(AuditTypes.RunAsked, by)
            {
                Links = new Dictionary<string, string>
                {
                    ["run"] = run.Id.Text,
                    ["repository"] = run.Repository.ToString(),
                },
                Facts = new JsonObject
                {
                    ["asked"] = what,
                    ["ordinal"] = run.Ordinal.ToString(CultureInfo.InvariantCulture),
                },
            },
            cancellationToken
        );

    private static Problem Unknown(RunId id) => Problem.NotFound($"there is no run {id}; see `bascule run list`");
}
