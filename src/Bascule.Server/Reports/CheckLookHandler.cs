using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Server.Reports;

/// <summary>
/// Has the required statuses of an open pull request read again and again: no webhook tells of one that somebody else wrote in our name, and a merge may
/// wait for nothing else (THREATS T135). The check's own handler reads, writes down and puts right.
/// </summary>
internal sealed class CheckLookHandler(IRepositoryStore repositories, RequiredChecks checks, TimeProvider time)
    : IWorkHandler
{
    public const string LookKind = "look.check";

    /// <summary>Half a minute at first; later a tenth of the time since anything was heard of the pull request.</summary>
    private static readonly TimeSpan Quickest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Slowest = TimeSpan.FromMinutes(10);

    public string Kind => LookKind;

    public static Change At(PullRequest pull, DateTimeOffset now)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"{pull.Repository}/{pull.Number}");
        return new AddWork(
            new NewWork($"look:check:{subject}", LookKind, subject, now + WaitFor(pull, now), Once: true)
            {
                Share = pull.Repository.ToString(),
            }
        );
    }

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var (key, number) = CommentHandler.Parse(item.Subject);
        if (
            await repositories.FindPullRequestAsync(key, number, cancellationToken)
                is not { State: PullRequestState.Open } pull
            || await repositories.FindAsync(key, cancellationToken) is not { } repository
            || checks.For(key, repository, pull.Base).Count == 0
        )
            return WorkResult.Finished();
        var now = time.GetUtcNow();
        return WorkResult.Again(WaitFor(pull, now), ReportWork.Check(key, number, now));
    }

    private static TimeSpan WaitFor(PullRequest pull, DateTimeOffset now)
    {
        var tenth = (now - pull.UpdatedAt) / 10;
        return tenth < Quickest ? Quickest
            : tenth > Slowest ? Slowest
            : tenth;
    }
}
