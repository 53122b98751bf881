using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Server.Reports;

/// <summary>Rows that bring what a forge shows up to date. Each says only what to look at again; what to write is worked out from the database then.</summary>
internal static class ReportWork
{
    public const string CommentKind = "report.comment";
    public const string StatusKind = "report.status";
    public const string CheckKind = "report.check";
    public const string IssueKind = "report.issue";
    public const string MergeKind = "report.merge";

    /// <summary>What is said of a pull request beside the statuses of its runs.</summary>
    public static IReadOnlyList<Change> PullRequest(RepositoryKey repository, long number, DateTimeOffset now) =>
        [Comment(repository, number, now), Check(repository, number, now)];

    public static Change Comment(RepositoryKey repository, long number, DateTimeOffset now) =>
        Once(repository, $"comment:{repository}:{number}", CommentKind, $"{repository}/{number}", now);

    /// <summary>One lane for all checks of a repository: pull requests can have one head, and then one status between them.</summary>
    public static Change Check(RepositoryKey repository, long number, DateTimeOffset now) =>
        Once(repository, $"check:{repository}", CheckKind, $"{repository}/{number}", now);

    public static Change Status(Run run, DateTimeOffset now) =>
        Once(run.Repository, $"status:{run.Repository}:{run.Commit}", StatusKind, run.Id.Text, now);

    /// <summary>Everything that a change of this run may alter on the forge; a reproduction alters nothing there.</summary>
    public static IReadOnlyList<Change> For(Run run, DateTimeOffset now)
    {
        if (run.IsReproduction)
            return [];
        var status = Status(run, now);
        return run.PullRequest is { } number
            ? [status, .. PullRequest(run.Repository, number, now)]
            :
            [
                status,
                Once(run.Repository, $"issue:{run.Repository}:{run.Ref}:{run.Workflow}", IssueKind, run.Id.Text, now),
                Once(run.Repository, $"merge:{run.Repository}:{run.Commit}", MergeKind, run.Id.Text, now),
            ];
    }

    private static AddWork Once(
        RepositoryKey repository,
        string lane,
        string kind,
        string subject,
        DateTimeOffset now
    ) => new(new NewWork("report:" + lane, kind, subject, now, Once: true) { Share = repository.ToString() });
}
