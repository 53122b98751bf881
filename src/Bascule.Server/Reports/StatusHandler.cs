using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Reports;

/// <summary>
/// Brings the commit statuses of a run's commit up to date, on forges that keep any. One in our name that we did not write is put right and reported
/// (THREATS T135).
/// </summary>
internal sealed class StatusHandler(
    ReportedForges forges,
    IRunStore runs,
    RunReports runReports,
    RunLinks links,
    StatusWriter writer,
    TimeProvider time
) : IWorkHandler
{
    public string Kind => ReportWork.StatusKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(new RunId(item.Subject), cancellationToken) is not { } subject)
            return WorkResult.Finished();
        var opened = await forges.OpenAsync(subject.Repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return ReportRetry.After(item, unopened);
        if (opened.Value.Forge is not ICommitStatuses statuses)
            return WorkResult.Finished();
        var wanted = new List<WantedStatus>();
        foreach (var run in await NewestAsync(subject, cancellationToken))
            wanted.Add(
                new WantedStatus(
                    run.Repository,
                    run.Commit,
                    await DescribeAsync(run, cancellationToken),
                    run.Id,
                    run.PullRequest is { } number ? [number] : []
                )
            );
        return await writer.WriteAsync(item, opened.Value, statuses, wanted, [], cancellationToken);
    }

    public async Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    ) =>
        await runs.FindAsync(new RunId(item.Subject), cancellationToken) is { } run
            ? UntoldRun.Note(run.Id, "the commit status", item, problem, time.GetUtcNow())
            : [];

    /// <summary>
    /// A promotion that somebody asks for has one of its own, so that it takes the place of no training; going back is told there as well.
    /// </summary>
    public static string ContextOf(Run run) =>
        run is { Promotes: { } order, IsTrainedOnce: false }
            ? $"bascule/{run.Workflow}/{run.Environment}/{order.Alias}"
            : $"bascule/{run.Workflow}/{run.Environment ?? "plan"}";

    private async Task<IEnumerable<Run>> NewestAsync(Run subject, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(subject.Repository, Commit: subject.Commit, Limit: 200)
        {
            WithoutReproductions = true,
        };
        return (await runs.ListAsync(filter, cancellationToken)).GroupBy(ContextOf).Select(group => group.First());
    }

    private async Task<CommitStatus> DescribeAsync(Run run, CancellationToken cancellationToken)
    {
        var report = await runReports.ReadAsync(run, cancellationToken);
        var parts = new List<string> { Words.State(report) };
        if (Words.Duration(run) is { } duration)
            parts[0] += $" in {duration}";
        // A run that waits for approval has no shorter way to say so than its reason.
        if (run is { State: RunState.AwaitingApproval, Reason: { } waits })
            parts = [run.OnMerge ? $"{waits}, for the merge" : waits];
        else if (run.State is not (RunState.Succeeded or RunState.Queued) && run.Reason is { } reason)
            parts.Add(reason);
        if (report.Approvals is { BreakGlass: { } act })
            parts.Insert(0, act.FlaggedAt is null ? "BREAK-GLASS" : "BREAK-GLASS, not looked at in time");
        if (run.Shortfall is not null)
            parts = [Words.Whole(run)];
        if (run.Promotes is { } order)
            parts.Add(run.IsTrainedOnce ? order.InsteadWords : order.Words);
        if (report.RolledBackBecause is not null)
            parts.Insert(0, "rolled back since");
        parts.AddRange(report.Metrics.Take(3).Select(metric => $"{metric.Name} {Words.Number(metric.Value)}"));
        parts.AddRange(report.Models.Take(1).Select(model => $"model version {model.Version}"));
        var description = Core.Text.PlainText.Line(string.Join(", ", parts), 140);
        return new CommitStatus(StateOf(run), ContextOf(run), description, links.PageOf(run.Id));
    }

    private static CommitStatusState StateOf(Run run) =>
        run.State switch
        {
            RunState.Succeeded => run.IsGood ? CommitStatusState.Success : CommitStatusState.Failure,
            RunState.Failed => CommitStatusState.Failure,
            RunState.Refused or RunState.Canceled or RunState.Superseded => CommitStatusState.Error,
            _ => run.IsFinal ? CommitStatusState.Success : CommitStatusState.Pending,
        };
}
