using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Core.Work;

namespace Bascule.Server.Reports;

/// <summary>
/// Brings the required status of a pull request's head up to date, one for each environment that asks for it: also where nothing runs, so that nobody
/// waits for ever.
/// </summary>
internal sealed class CheckHandler(
    ReportedForges forges,
    IRepositoryStore repositories,
    IRunStore runs,
    RequiredChecks checks,
    StatusWriter writer,
    RunLinks links,
    TimeProvider time
) : IWorkHandler
{
    private const int NewestRuns = 200;
    private const int MaxDescription = 140;

    public string Kind => ReportWork.CheckKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var (key, number) = CommentHandler.Parse(item.Subject);
        if (await repositories.FindPullRequestAsync(key, number, cancellationToken) is not { Head: { } head } pull)
            return WorkResult.Finished();
        var known = await repositories.FindAsync(key, cancellationToken);
        if (known is null || checks.For(key, known, pull.Base).Count == 0)
            return WorkResult.Finished();
        var opened = await forges.OpenAsync(key, cancellationToken);
        if (opened.Failed(out var unopened))
            return ReportRetry.After(item, unopened);
        if (opened.Value.Forge is not ICommitStatuses statuses)
            return WorkResult.Finished();
        Change[] look = pull.State == PullRequestState.Open ? [CheckLookHandler.At(pull, time.GetUtcNow())] : [];
        var wanted = await WantAsync(opened.Value.Repository, key, head, cancellationToken);
        return await writer.WriteAsync(item, opened.Value, statuses, wanted, look, cancellationToken);
    }

    public async Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    )
    {
        var (key, number) = CommentHandler.Parse(item.Subject);
        var filter = new RunFilter(key, PullRequest: number, Limit: 1);
        return await runs.ListAsync(filter, cancellationToken) is [var newest, ..]
            ? UntoldRun.Note(newest.Id, "the required status", item, problem, time.GetUtcNow())
            : [];
    }

    /// <summary>Those that are open speak for the commit; one that has ended does only when nobody else does, for what somebody wrote there since.</summary>
    private async Task<IEnumerable<WantedStatus>> WantAsync(
        ForgeRepository repository,
        RepositoryKey key,
        CommitId head,
        CancellationToken cancellationToken
    )
    {
        var all = await repositories.ListPullRequestsAsync(key, head, cancellationToken);
        var open = all.Where(pull => pull.State == PullRequestState.Open).ToList();
        var found = await runs.ListAsync(
            new RunFilter(key, Commit: head, Limit: NewestRuns) { WithoutReproductions = true },
            cancellationToken
        );
        return (open.Count > 0 ? open : all)
            .SelectMany(pull =>
                checks
                    .For(key, repository, pull.Base)
                    .Select(name => (Name: name, Pull: pull, Verdict: CheckVerdict.Judge(pull, name, found)))
            )
            .GroupBy(judged => judged.Name, StringComparer.Ordinal)
            .Select(environment =>
                Want(
                    key,
                    head,
                    environment.Key,
                    CheckVerdict.Worst(environment.Select(judged => judged.Verdict)),
                    [.. environment.Select(judged => judged.Pull.Number)]
                )
            );
    }

    private WantedStatus Want(
        RepositoryKey key,
        CommitId head,
        string environment,
        CheckVerdict verdict,
        IReadOnlyList<long> pulls
    ) =>
        new(
            key,
            head,
            new CommitStatus(
                verdict.State,
                RequiredChecks.ContextOf(environment),
                PlainText.Line(verdict.Text, MaxDescription),
                verdict.Run is { } run ? links.PageOf(run) : null
            ),
            verdict.Run,
            pulls
        );
}
