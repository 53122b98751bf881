using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Approvals;
using Bascule.Server.Deployments;
using Bascule.Server.Deployments.TakingBack;
using Bascule.Server.Promotions;
using Bascule.Server.Provenance;
using Bascule.Server.Reports;
using Bascule.Server.Work;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Runs;

/// <summary>
/// Starts a queued run on its platform. After a crash the same row comes again, and the idempotency key makes the second call find the first one's run.
/// </summary>
internal sealed partial class StartHandler(
    IRunStore runs,
    IWorkStore store,
    RunContexts contexts,
    Turns turns,
    RunSiblings siblings,
    ApprovalGate approvals,
    DeployRefs deployRefs,
    PromotionGate promotions,
    TimeProvider time,
    ILogger<StartHandler> log
) : IWorkHandler
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    public string Kind => RunWork.StartKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(new RunId(item.Subject), cancellationToken) is not { State: RunState.Queued } run)
            return WorkResult.Finished();
        if (run is { CancelRequested: true, StartBegun: false })
            return End(run, RunState.Canceled, "canceled before it was started", []);
        if (!run.StartBegun && await siblings.FindNewerAsync(run, cancellationToken) is { } newer)
            return End(run, RunState.Superseded, $"superseded by run {newer.Id} of {newer.Commit.Short}", []);
        var opened = await contexts.OpenAsync(run, cancellationToken);
        if (opened.Failed(out var unopened))
            return After(item, run, unopened, []);
        if (run.IsReproduction && (await opened.Value.CompareWithPlanAsync(cancellationToken)).Failed(out var other))
            return After(item, run, other, []);
        IReadOnlyList<Change> beside = [];
        // What a rollback leads to was approved when it was deployed; whoever may roll back has asked for it.
        if (run is { StartBegun: false, IsRollback: false })
        {
            var asked = await approvals.AskAsync(run, opened.Value, cancellationToken);
            if (asked.Failed(out var unasked))
                return After(item, run, unasked, []);
            if (asked.Value.Held is { } held)
                return WorkResult.Finished(held);
            beside = asked.Value.Beside;
        }
        if (!run.StartBegun && await WaitAsync(run, opened.Value, cancellationToken) is { } waiting)
            return waiting;
        if (!run.StartBegun && await FindObstacleAsync(run, cancellationToken) is { } obstacle)
            return End(run, run.IsRollback ? RunState.Superseded : RunState.Failed, obstacle.Message, []);
        return await StartAsync(item, run, opened.Value, beside, cancellationToken);
    }

    private Task<Problem?> FindObstacleAsync(Run run, CancellationToken cancellationToken) =>
        run.Promotes is null
            ? deployRefs.FindObstacleAsync(run, cancellationToken)
            : promotions.FindObstacleAsync(run, cancellationToken);

    public async Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    ) =>
        await runs.FindAsync(new RunId(item.Subject), cancellationToken) is { State: RunState.Queued } run
            ? End(run, RunState.Failed, problem.Message, []).Changes
            : [];

    private async Task<WorkResult> StartAsync(
        WorkItem item,
        Run run,
        RunContext context,
        IReadOnlyList<Change> beside,
        CancellationToken cancellationToken
    )
    {
        var steps = new List<Change>();
        var begun = Result.Of(run);
        var started = await context.Steps.StartAsync(
            text => steps.Add(Step(run, text)),
            async token =>
                (begun = await BeginAsync(run, context, beside, token)).Problem is { } late ? late : Result.Done,
            cancellationToken
        );
        if (begun.Failed(out var conflict))
            return WorkResult.Retry(TimeSpan.Zero, conflict); // canceled, superseded or overtaken meanwhile: read again
        run = begun.Value;
        if (started.Failed(out var problem))
            return After(item, run, problem, steps);
        Log.Started(log, run.Id, started.Value.Id);
        return Started(run, started.Value, steps);
    }

    /// <summary>Null when it is the run's turn.</summary>
    private async Task<WorkResult?> WaitAsync(Run run, RunContext context, CancellationToken cancellationToken)
    {
        var asked = await turns.AskAsync(run, context.Environment, context.Concurrency, cancellationToken);
        if (asked.Failed(out var conflict))
            return WorkResult.Retry(TimeSpan.Zero, conflict);
        return asked.Value is { } delay
            ? WorkResult.Again(delay.Wait, [.. Waiting(run, delay.Reason), .. delay.Changes])
            : null;
    }

    /// <summary>
    /// Takes the target and notes, in one transaction, that the platform is asked now. A cancel that comes later cannot simply end the run: it starts it
    /// (the key makes that one run) and stops it.
    /// </summary>
    private async Task<Result<Run>> BeginAsync(
        Run run,
        RunContext context,
        IReadOnlyList<Change> beside,
        CancellationToken cancellationToken
    )
    {
        if (run.StartBegun)
            return run;
        if (await siblings.FindNewerAsync(run, cancellationToken) is { } newer)
            return Problem.Conflict($"run {newer.Id} supersedes it");
        var now = time.GetUtcNow();
        var applied = await store.ApplyAsync(
            [
                new TakeTarget(run.Id, now) { Hours = Turns.HoursOf(run, context.Environment, now) },
                new SaveRun(run with { StartBegun = true }),
                .. beside,
            ],
            cancellationToken
        );
        if (applied.Failed(out var conflict))
            return conflict;
        return run with { StartBegun = true, Revision = run.Revision + 1 };
    }

    private WorkResult Started(Run run, PlatformRun started, List<Change> steps)
    {
        var now = time.GetUtcNow();
        var changed = run with
        {
            State = RunState.Started,
            Reason = null,
            PlatformRunId = started.Id,
            PlatformPage = started.Page,
            StartedAt = now,
        };
        return WorkResult.Finished([
            new SaveRun(changed),
            .. steps,
            Step(run, $"the platform took it as run {started.Id}"),
            RunWork.Observe(changed, now),
            .. run.CancelRequested ? [RunWork.Cancel(changed, now)] : Array.Empty<Change>(),
            .. ReportWork.For(changed, now),
        ]);
    }

    /// <summary>What may pass is tried again as long as it takes, and the run says why it waits; everything else ends it.</summary>
    private WorkResult After(WorkItem item, Run run, Problem problem, List<Change> steps)
    {
        Log.NotStarted(log, run.Id, item.Attempt, problem.Message);
        if (!problem.IsTransient)
            return End(run, RunState.Failed, problem.Message, steps);
        // Nobody behind it in line waits out its back-off.
        Change[] changes = [.. Waiting(run, $"waiting to try again: {problem.Message}"), new LeaveLine(run.Id)];
        return WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem, changes);
    }

    private IReadOnlyList<Change> Waiting(Run run, string reason)
    {
        if (run.Reason == reason)
            return [];
        var waiting = run with { Reason = reason };
        return [new SaveRun(waiting), Step(run, reason), .. ReportWork.For(waiting, time.GetUtcNow())];
    }

    private WorkResult End(Run run, RunState state, string reason, List<Change> steps)
    {
        var now = time.GetUtcNow();
        var ended = run with { State = state, Reason = reason, FinishedAt = now };
        return WorkResult.Finished([
            new SaveRun(ended),
            .. steps,
            Step(run, reason),
            .. PlannedRollback.Tell(ended, now),
            .. ReportWork.For(ended, now),
            .. AttestWork.For(ended, now),
        ]);
    }

    private AddTimeline Step(Run run, string text) => new(run.Id, new TimelineEntry(time.GetUtcNow(), "start", text));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Run {Run} started as {PlatformRun}")]
        public static partial void Started(ILogger log, RunId run, string platformRun);

        [LoggerMessage(2, LogLevel.Warning, "Run {Run} not started on attempt {Attempt}: {Reason}")]
        public static partial void NotStarted(ILogger log, RunId run, int attempt, string reason);
    }
}
