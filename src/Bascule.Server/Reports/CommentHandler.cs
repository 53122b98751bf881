using System.Globalization;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Promotions;
using Bascule.Core.Reports;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Notebooks;

namespace Bascule.Server.Reports;

/// <summary>Brings the one comment of a pull request up to date.</summary>
internal sealed class CommentHandler(
    ReportedForges forges,
    IRepositoryStore repositories,
    IRunStore runs,
    IReportStore reports,
    RunReports runReports,
    ChangedNotebooks notebooks,
    CommentText text,
    TimeProvider time
) : IWorkHandler
{
    public string Kind => ReportWork.CommentKind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var (repository, number) = Parse(item.Subject);
        if (await repositories.FindPullRequestAsync(repository, number, cancellationToken) is not { } pullRequest)
            return WorkResult.Finished();
        var heads = await ReadAsync(pullRequest, pullRequest.Head, pullRequest.Number, cancellationToken);
        var merges = await ReadAsync(pullRequest, pullRequest.MergeCommit, number: null, cancellationToken);
        var forgery = await reports.FindAsync(repository, StatusWriter.ForgeryPlace(number), cancellationToken);
        if (heads.Count + merges.Count == 0 && forgery is null)
            return WorkResult.Finished();
        var changed = await notebooks.ReadAsync([.. heads.Select(report => report.Run)], cancellationToken);
        var body = text.Write(pullRequest, heads, merges, forgery is null ? null : Forgery.Of(forgery), changed);
        var place = $"comment:pull:{number}";
        var known = await reports.FindAsync(repository, place, cancellationToken);
        var digest = ReportedForge.DigestOf(body);
        if (known?.Digest == digest)
            return WorkResult.Finished();
        var written = await WriteAsync(repository, number, known?.ForgeId, body, cancellationToken);
        return written.Failed(out var problem)
            ? ReportRetry.After(item, problem)
            : WorkResult.Finished(new SaveReport(new Report(repository, place, written.Value.Id, digest, "")));
    }

    public async Task<IReadOnlyList<Change>> AbandonAsync(
        WorkItem item,
        Problem problem,
        CancellationToken cancellationToken
    )
    {
        var (repository, number) = Parse(item.Subject);
        var filter = new RunFilter(repository, PullRequest: number, Limit: 1);
        return await runs.ListAsync(filter, cancellationToken) is [var newest, ..]
            ? UntoldRun.Note(newest.Id, "the pull request's comment", item, problem, time.GetUtcNow())
            : [];
    }

    /// <summary>The newest run of each workflow and environment at that commit, in a steady order.</summary>
    private async Task<IReadOnlyList<RunReport>> ReadAsync(
        PullRequest pullRequest,
        CommitId? commit,
        long? number,
        CancellationToken cancellationToken
    )
    {
        if (commit is null)
            return [];
        var filter = new RunFilter(pullRequest.Repository, PullRequest: number, Commit: commit, Limit: 200)
        {
            WithoutReproductions = true,
        };
        var found = await runs.ListAsync(filter, cancellationToken);
        var newest = found
            // Going back to a commit is told where the commit stands that was left.
            .Where(run => run.PullRequest == number && !run.IsRollback)
            .GroupBy(run => (run.Workflow, run.Environment, PlaceOf(run)))
            .Select(group => group.First())
            .OrderBy(run => run.Workflow, StringComparer.Ordinal)
            .ThenBy(run => run.Environment, StringComparer.Ordinal)
            .ThenBy(run => run.Promotes?.Alias, StringComparer.Ordinal);
        var read = new List<RunReport>();
        foreach (var run in newest)
            read.Add(await runReports.ReadAsync(run, cancellationToken));
        return read;
    }

    /// <summary>A merge that is not trained again stands where its training would.</summary>
    private static PromotionPlace? PlaceOf(Run run) =>
        run is { Promotes: { } order, IsTrainedOnce: false } ? order.In(run.Environment!) : null;

    private async Task<Result<Comment>> WriteAsync(
        RepositoryKey key,
        long number,
        long? commentId,
        string body,
        CancellationToken cancellationToken
    )
    {
        var opened = await forges.OpenAsync(key, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var forge = opened.Value;
        var existing = commentId;
        if (existing is null)
        {
            var found = await FindOwnAsync(forge, number, cancellationToken);
            if (found.Failed(out var unlisted))
                return unlisted;
            existing = found.Value?.Id;
        }
        if (existing is { } id)
        {
            var edited = await EditAsync(forge, number, id, body, cancellationToken);
            if (edited.Problem is not { Code: ProblemCode.NotFound })
                return edited;
        }
        return await forge.Audit.CallAsync(
            "forge.comment.add",
            $"{forge.Repository.FullName}#{number}",
            details: null,
            token => forge.Forge.AddCommentAsync(forge.Repository, number, body, token),
            cancellationToken
        );
    }

    private static Task<Result<Comment>> EditAsync(
        ReportedForge forge,
        long number,
        long commentId,
        string body,
        CancellationToken cancellationToken
    ) =>
        forge.Audit.CallAsync(
            "forge.comment.edit",
            string.Create(CultureInfo.InvariantCulture, $"{forge.Repository.FullName}#{number} comment {commentId}"),
            details: null,
            token => forge.Forge.EditCommentAsync(forge.Repository, commentId, body, token),
            cancellationToken
        );

    /// <summary>Our comment from before a crash: by our account and our marker, so nobody can plant one for us to edit.</summary>
    private static async Task<Result<Comment?>> FindOwnAsync(
        ReportedForge forge,
        long number,
        CancellationToken cancellationToken
    )
    {
        var listed = await forge.Forge.ListCommentsAsync(forge.Repository, number, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var marker = CommentText.Marker(number);
        return Result.Of(
            listed.Value.FirstOrDefault(comment =>
                comment.AuthorId == forge.Self.Id && comment.Body.StartsWith(marker, StringComparison.Ordinal)
            )
        );
    }

    internal static (RepositoryKey Repository, long Number) Parse(string subject)
    {
        var parts = subject.Split('/');
        return (
            new RepositoryKey(parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture)),
            long.Parse(parts[2], CultureInfo.InvariantCulture)
        );
    }
}
