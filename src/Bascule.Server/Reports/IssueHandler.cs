using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Reports;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Reports;

/// <summary>On forges without commit statuses: one issue per branch and workflow, opened on red and closed on green.</summary>
internal sealed class IssueHandler(
    ReportedForges forges,
    IRunStore runs,
    IReportStore reports,
    RunLinks links,
    TimeProvider time
) : IWorkHandler
{
    private const string Red = "red";
    private const string Green = "green";

    public string Kind => ReportWork.IssueKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(new RunId(item.Subject), cancellationToken) is not { } subject)
            return WorkResult.Finished();
        var filter = new RunFilter(subject.Repository, Ref: subject.Ref, Workflow: subject.Workflow, Limit: 1)
        {
            WithoutReproductions = true,
            WithoutAskedPromotions = true,
        };
        var listed = await runs.ListAsync(filter, cancellationToken);
        var newest = listed.Count > 0 ? listed[0] : null;
        if (newest is null || Verdict(newest) is not { } verdict)
            return WorkResult.Finished();
        var opened = await forges.OpenAsync(subject.Repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return ReportRetry.After(item, unopened);
        if (opened.Value.Forge is not IIssues issues || opened.Value.Forge is ICommitStatuses)
            return WorkResult.Finished();
        return await TurnAsync(item, opened.Value, issues, newest, verdict, cancellationToken);
    }

    public async Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    ) =>
        await runs.FindAsync(new RunId(item.Subject), cancellationToken) is { } run
            ? UntoldRun.Note(run.Id, "the branch's issue", item, problem, time.GetUtcNow())
            : [];

    private async Task<WorkResult> TurnAsync(
        WorkItem item,
        ReportedForge forge,
        IIssues issues,
        Run run,
        string verdict,
        CancellationToken cancellationToken
    )
    {
        var place = $"issue:{run.Ref}:{run.Workflow}";
        var known = await reports.FindAsync(run.Repository, place, cancellationToken);
        if (known?.Verdict == verdict || (known is null && verdict == Green))
            return WorkResult.Finished();
        var written = known?.ForgeId is { } number
            ? await SetAsync(forge, issues, run, number, verdict, cancellationToken)
            : await OpenAsync(forge, issues, run, cancellationToken);
        if (written.Problem is { Code: ProblemCode.NotFound } && verdict == Red)
            written = await OpenAsync(forge, issues, run, cancellationToken);
        return written.Failed(out var problem)
            ? ReportRetry.After(item, problem)
            : WorkResult.Finished(
                new SaveReport(new Report(run.Repository, place, written.Value, Digest: "", verdict))
            );
    }

    private async Task<Result<long>> OpenAsync(
        ReportedForge forge,
        IIssues issues,
        Run run,
        CancellationToken cancellationToken
    )
    {
        var title = $"Bascule: {run.Workflow} is red on {Core.Text.PlainText.Line(run.Ref.ShortName, 80)}";
        return await forge.Audit.CallAsync(
            "forge.issue.open",
            forge.Repository.FullName,
            details: null,
            token => issues.OpenIssueAsync(forge.Repository, title, Body(run), token),
            cancellationToken
        );
    }

    private async Task<Result<long>> SetAsync(
        ReportedForge forge,
        IIssues issues,
        Run run,
        long number,
        string verdict,
        CancellationToken cancellationToken
    )
    {
        var set = await forge.Audit.CallAsync(
            verdict == Red ? "forge.issue.reopen" : "forge.issue.close",
            $"{forge.Repository.FullName}#{number}",
            details: null,
            token => issues.SetIssueStateAsync(forge.Repository, number, verdict == Red, Body(run), token),
            cancellationToken
        );
        return set.Failed(out var problem) ? problem : number;
    }

    private string Body(Run run) =>
        $"{Words.Sign(run)} {Markdown.Code(run.Workflow)} {Words.State(run)} at {Markdown.Code(run.Commit.Short)}: [run {run.Id}]({links.PageOf(run.Id)})\n\n"
        + Markdown.Sentence(run.Shortfall ?? run.Reason ?? "");

    private static string? Verdict(Run run) =>
        run.State switch
        {
            RunState.Succeeded => run.IsGood ? Green : Red,
            RunState.Failed or RunState.Refused => Red,
            _ => null,
        };
}
