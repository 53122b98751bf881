using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Deployments.TakingBack;
using Bascule.Server.Promotions;
using Bascule.Server.Provenance;
using Bascule.Server.Reports;
using Bascule.Server.Runs.Reproducing;
using Bascule.Server.Work;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Runs;

/// <summary>Asks the platform how a run is until it has ended, then reads back what it left: log, metrics, model versions.</summary>
internal sealed partial class ObserveHandler(
    IRunStore runs,
    RunContexts contexts,
    RunRequirements requirements,
    ReproductionEnds reproductions,
    PromotionEnds promotions,
    TimeProvider time,
    ILogger<ObserveHandler> log
) : IWorkHandler
{
    private const int MaxLogBytes = 64 * 1024;
    private const int MaxReason = 500;
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SlowestPoll = TimeSpan.FromSeconds(30);

    public string Kind => RunWork.ObserveKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(new RunId(item.Subject), cancellationToken) is not { State: RunState.Started } run)
            return WorkResult.Finished();
        var opened = await contexts.OpenAsync(run, cancellationToken);
        if (opened.Failed(out var unopened))
            return After(item, run, unopened);
        var observed = await opened.Value.Steps.ObserveAsync(cancellationToken);
        if (observed.Failed(out var problem))
            return After(item, run, problem);
        return observed.Value.IsTerminal
            ? await EndAsync(item, run, opened.Value, observed.Value, cancellationToken)
            : WorkResult.Again(PollAfter(run), Progress(run, observed.Value));
    }

    public async Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    ) =>
        await runs.FindAsync(new RunId(item.Subject), cancellationToken) is { State: RunState.Started } run
            ? Ended(run, RunState.Failed, problem.Message)
            : [];

    /// <summary>Quick at first, then a tenth of the run's age, at most half a minute.</summary>
    private TimeSpan PollAfter(Run run)
    {
        var tenth = (time.GetUtcNow() - (run.StartedAt ?? run.CreatedAt)) / 10;
        return tenth < FirstPoll ? FirstPoll
            : tenth > SlowestPoll ? SlowestPoll
            : tenth;
    }

    private Change[] Progress(Run run, Observation observation)
    {
        var text = observation.State == PlatformRunState.Running ? "running" : "waiting for the platform";
        if (run.Reason == text)
            return [];
        return
        [
            new SaveRun(run with { Reason = text, PlatformPage = observation.Page ?? run.PlatformPage }),
            Step(run, text),
        ];
    }

    private async Task<WorkResult> EndAsync(
        WorkItem item,
        Run run,
        RunContext context,
        Observation observation,
        CancellationToken cancellationToken
    )
    {
        var read = await context.Steps.ReadResultsAsync(cancellationToken);
        if (read.Failed(out var problem) && problem.IsTransient)
            return After(item, run, problem);
        var results = problem is null ? read.Value : new RunResults([], [], [$"results not read: {problem.Message}"]);
        var state = observation.State switch
        {
            PlatformRunState.Succeeded => RunState.Succeeded,
            PlatformRunState.Canceled => RunState.Canceled,
            _ => RunState.Failed,
        };
        var promoted = await promotions.ForAsync(run, state, cancellationToken);
        if (promoted.Failed(out var unpromoted))
            return After(item, run, unpromoted);
        Log.Ended(log, run.Id, state);
        var shortfall =
            state == RunState.Succeeded && run is { IsRollback: false, IsReproduction: false, Promotes: null }
                ? await requirements.FindShortfallAsync(run, context.Report, results.Metrics, cancellationToken)
                : null;
        run = await reproductions.CompareAsync(run, state, results, context.Report.Metrics, cancellationToken);
        return WorkResult.Finished([
            new SaveResults(run.Id, results.Metrics, results.Models),
            new SaveLog(run.Id, PlainText.Tail(observation.LogTail, MaxLogBytes)),
            .. results.Warnings.Select(warning => Step(run, warning)),
            .. shortfall is null ? [] : new[] { Step(run, shortfall) },
            .. ReproductionEnds.Tell(run, time.GetUtcNow()),
            .. promoted.Value,
            .. Ended(run with { Shortfall = shortfall }, state, PlainText.Line(observation.Message, MaxReason)),
        ]);
    }

    private WorkResult After(WorkItem item, Run run, Problem problem)
    {
        Log.NotObserved(log, run.Id, item.Attempt, problem.Message);
        return problem.IsTransient
            ? WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstPoll), problem)
            : WorkResult.Finished(Ended(run, RunState.Failed, problem.Message));
    }

    private IReadOnlyList<Change> Ended(Run run, RunState state, string? reason)
    {
        var now = time.GetUtcNow();
        var ended = run with { State = state, Reason = string.IsNullOrEmpty(reason) ? null : reason, FinishedAt = now };
        var text = ended.Reason is null
            ? state.ToString().ToLowerInvariant()
            : $"{state.ToString().ToLowerInvariant()}: {ended.Reason}";
        return
        [
            new SaveRun(ended),
            Step(run, text),
            .. PlannedRollback.Tell(ended, now),
            .. ReportWork.For(ended, now),
            .. AttestWork.For(ended, now),
        ];
    }

    private AddTimeline Step(Run run, string text) => new(run.Id, new TimelineEntry(time.GetUtcNow(), "observe", text));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Run {Run} ended: {State}")]
        public static partial void Ended(ILogger log, RunId run, RunState state);

        [LoggerMessage(2, LogLevel.Warning, "Run {Run} not observed on attempt {Attempt}: {Reason}")]
        public static partial void NotObserved(ILogger log, RunId run, int attempt, string reason);
    }
}
