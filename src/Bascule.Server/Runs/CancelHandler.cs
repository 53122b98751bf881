using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Deployments.TakingBack;
using Bascule.Server.Reports;
using Bascule.Server.Work;

namespace Bascule.Server.Runs;

/// <summary>Stops a run at once, in a lane of its own: it queues behind nothing, not even the run's own back-off.</summary>
internal sealed class CancelHandler(IRunStore runs, RunContexts contexts, TimeProvider time) : IWorkHandler
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan OnceWithin = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(long Id, long Revision), DateTimeOffset> _stopped = new();

    public string Kind => RunWork.CancelKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var run = await runs.FindAsync(new RunId(item.Subject), cancellationToken);
        return run switch
        {
            null or { IsFinal: true } => WorkResult.Finished(),
            { State: RunState.Started } => await StopAsync(item, run, cancellationToken),
            // The platform may have it: its own row finds out, now instead of after its back-off, and stops it.
            { State: RunState.Queued, StartBegun: true } => WorkResult.Finished(RunWork.Start(run, time.GetUtcNow())),
            _ => Withdraw(run),
        };
    }

    private async Task<WorkResult> StopAsync(WorkItem item, Run run, CancellationToken cancellationToken)
    {
        if (!WasJustStopped(item))
        {
            var opened = await contexts.OpenToStopAsync(run, cancellationToken);
            if (opened.Failed(out var unopened))
                return Retry(item, unopened);
            var stopped = await opened.Value.Steps.CancelAsync(cancellationToken);
            if (stopped.Failed(out var problem))
                return Retry(item, problem);
            _stopped[(item.Id, item.Revision)] = time.GetUtcNow();
        }
        // The poll learns how it ended; it is brought forward instead of waiting out its back-off.
        return WorkResult.Finished(
            new AddTimeline(run.Id, new TimelineEntry(time.GetUtcNow(), "cancel", "the platform was told to stop it")),
            RunWork.Observe(run, time.GetUtcNow())
        );
    }

    /// <summary>A row comes back every second when nothing can be stored; each time it would take room in the audit spool.</summary>
    private bool WasJustStopped(WorkItem item)
    {
        var since = time.GetUtcNow() - OnceWithin;
        foreach (var (row, at) in _stopped)
            if (at < since)
                _stopped.TryRemove(row, out _);
        return _stopped.ContainsKey((item.Id, item.Revision));
    }

    private WorkResult Withdraw(Run run)
    {
        var now = time.GetUtcNow();
        var canceled = run with
        {
            State = RunState.Canceled,
            Reason = "canceled before it was started",
            FinishedAt = now,
        };
        return WorkResult.Finished([
            new SaveRun(canceled),
            new AddTimeline(run.Id, new TimelineEntry(now, "cancel", canceled.Reason)),
            // Its start row goes at once, instead of holding up those behind it until its wait is over.
            RunWork.Start(canceled, now),
            .. PlannedRollback.Tell(canceled, now),
            .. ReportWork.For(canceled, now),
        ]);
    }

    private static WorkResult Retry(WorkItem item, Problem problem) =>
        WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem);
}
