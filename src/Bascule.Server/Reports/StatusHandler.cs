using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Reports;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;

namespace Bascule.Server.Reports;

/// <summary>
/// Brings the commit statuses of a run's commit up to date, on forges that keep any. Afterwards it reads them back: a status in our name that we did
/// not write is put right and reported (THREATS T135).
/// </summary>
internal sealed class StatusHandler(
    ReportedForges forges,
    IRunStore runs,
    IReportStore reports,
    RunReports runReports,
    RunLinks links,
    AuditTrail audit,
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
        var changes = new List<Change>();
        foreach (var run in await NewestAsync(subject, cancellationToken))
        {
            var written = await BringUpAsync(opened.Value, statuses, run, changes, cancellationToken);
            if (written.Failed(out var problem))
                return ReportRetry.After(item, problem) is RepeatedWork retry
                    ? retry with
                    {
                        Changes = changes,
                    }
                    : new QuarantinedWork(problem);
        }
        return WorkResult.Finished(changes);
    }

    public async Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    ) =>
        await runs.FindAsync(new RunId(item.Subject), cancellationToken) is { } run
            ? UntoldRun.Note(run.Id, "the commit status", item, problem, time.GetUtcNow())
            : [];

    public static string ContextOf(Run run) => $"bascule/{run.Workflow}/{run.Environment ?? "plan"}";

    private async Task<IEnumerable<Run>> NewestAsync(Run subject, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(subject.Repository, Commit: subject.Commit, Limit: 200);
        return (await runs.ListAsync(filter, cancellationToken)).GroupBy(ContextOf).Select(group => group.First());
    }

    private async Task<Result<Done>> BringUpAsync(
        ReportedForge forge,
        ICommitStatuses statuses,
        Run run,
        List<Change> changes,
        CancellationToken cancellationToken
    )
    {
        var status = await DescribeAsync(run, cancellationToken);
        var place = $"status:{run.Commit}:{status.Context}";
        var digest = ReportedForge.DigestOf($"{status.State}\n{status.Description}\n{status.Target}");
        var known = await reports.FindAsync(run.Repository, place, cancellationToken);
        var forged = known is null
            ? Result.Of(false)
            : await IsForgedAsync(forge, statuses, run, status.Context, cancellationToken);
        if (forged.Failed(out var unread))
            return unread;
        if (known?.Digest == digest && !forged.Value)
            return Result.Done;
        var written = await forge.Audit.CallAsync(
            "forge.status.set",
            $"{forge.Repository.FullName}@{run.Commit} {status.Context}",
            new JsonObject { ["state"] = status.State.ToString().ToLowerInvariant(), ["run"] = run.Id.Text },
            token => statuses.SetStatusAsync(forge.Repository, run.Commit, status, token),
            cancellationToken
        );
        if (written.Problem is null)
            changes.Add(
                new SaveReport(new Report(run.Repository, place, ForgeId: null, digest, status.State.ToString()))
            );
        return written;
    }

    /// <summary>Whether the newest status of our context was written by somebody else.</summary>
    private async Task<Result<bool>> IsForgedAsync(
        ReportedForge forge,
        ICommitStatuses statuses,
        Run run,
        string context,
        CancellationToken cancellationToken
    )
    {
        var listed = await statuses.ListStatusesAsync(forge.Repository, run.Commit, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var posted = listed.Value.FirstOrDefault(status => status.Context == context);
        if (posted is null || posted.CreatorId == forge.Self.Id)
            return false;
        var entry = new AuditEntry(AuditTypes.StatusForged, "bascule")
        {
            Links = new Dictionary<string, string>
            {
                ["run"] = run.Id.Text,
                ["repository"] = run.Repository.ToString(),
            },
            Decision = new AuditDecision(
                false,
                "status.creator",
                "a status in Bascule's name was written by another account"
            ),
            Facts = new JsonObject
            {
                ["context"] = context,
                ["state"] = posted.State.ToString().ToLowerInvariant(),
                ["commit"] = run.Commit.ToString(),
            },
        };
        var written = await audit.WriteAsync(entry, cancellationToken);
        return written.Failed(out var unwritten) ? unwritten : true;
    }

    private async Task<CommitStatus> DescribeAsync(Run run, CancellationToken cancellationToken)
    {
        var report = await runReports.ReadAsync(run, cancellationToken);
        var parts = new List<string> { Words.State(run) };
        if (Words.Duration(run) is { } duration)
            parts[0] += $" in {duration}";
        // A run that waits for approval has no shorter way to say so than its reason.
        if (run is { State: RunState.AwaitingApproval, Reason: { } waits })
            parts = [run.OnMerge ? $"{waits}, for the merge" : waits];
        else if (run.State is not (RunState.Succeeded or RunState.Queued) && run.Reason is { } reason)
            parts.Add(reason);
        if (report.Approvals is { BreakGlass: { } act })
            parts.Insert(0, act.FlaggedAt is null ? "BREAK-GLASS" : "BREAK-GLASS, not looked at in time");
        parts.AddRange(report.Metrics.Take(3).Select(metric => $"{metric.Name} {Words.Number(metric.Value)}"));
        parts.AddRange(report.Models.Take(1).Select(model => $"model version {model.Version}"));
        var description = Core.Text.PlainText.Line(string.Join(", ", parts), 140);
        return new CommitStatus(StateOf(run), ContextOf(run), description, links.PageOf(run.Id));
    }

    private static CommitStatusState StateOf(Run run) =>
        run.State switch
        {
            RunState.Succeeded => CommitStatusState.Success,
            RunState.Failed => CommitStatusState.Failure,
            RunState.Refused or RunState.Canceled or RunState.Superseded => CommitStatusState.Error,
            _ => run.IsFinal ? CommitStatusState.Success : CommitStatusState.Pending,
        };
}
