using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Reports;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;

namespace Bascule.Server.Reports;

/// <summary>A status as it ought to stand.</summary>
/// <param name="Run">What it is about; null where nothing runs.</param>
/// <param name="PullRequests">Whose comments tell of a forgery.</param>
internal sealed record WantedStatus(
    RepositoryKey Repository,
    CommitId Commit,
    CommitStatus Status,
    RunId? Run,
    IReadOnlyList<long> PullRequests
);

/// <summary>
/// Writes a status where it does not stand yet. Before that it reads what does: a status in our name that another account wrote is put into the audit
/// log and into the pull request's comment, and ours is written over it (THREATS T135).
/// </summary>
internal sealed class StatusWriter(IReportStore reports, AuditTrail audit, TimeProvider time)
{
    /// <summary>Where the comment finds what it tells of forgeries.</summary>
    public static string ForgeryPlace(long number) =>
        string.Create(CultureInfo.InvariantCulture, $"forged:pull:{number}");

    /// <summary>Writes one after the other. When one cannot be written, what those before it came to is stored, and the row tries again.</summary>
    /// <param name="changes">To be stored as well, whatever comes of the statuses.</param>
    public async Task<WorkResult> WriteAsync(
        WorkItem item,
        ReportedForge forge,
        ICommitStatuses statuses,
        IEnumerable<WantedStatus> wanted,
        IReadOnlyList<Change> changes,
        CancellationToken cancellationToken
    )
    {
        List<Change> all = [.. changes];
        foreach (var one in wanted)
        {
            var written = await WriteAsync(forge, statuses, one, cancellationToken);
            if (written.Failed(out var problem))
                return ReportRetry.After(item, problem) is RepeatedWork retry
                    ? retry with
                    {
                        Changes = all,
                    }
                    : new QuarantinedWork(problem);
            all.AddRange(written.Value);
        }
        return WorkResult.Finished(all);
    }

    /// <returns>What to store; empty when it stood already.</returns>
    private async Task<Result<IReadOnlyList<Change>>> WriteAsync(
        ReportedForge forge,
        ICommitStatuses statuses,
        WantedStatus wanted,
        CancellationToken cancellationToken
    )
    {
        var (repository, status) = (wanted.Repository, wanted.Status);
        var place = $"status:{wanted.Commit}:{status.Context}";
        var digest = ReportedForge.DigestOf($"{status.State}\n{status.Description}\n{status.Target}");
        var known = await reports.FindAsync(repository, place, cancellationToken);
        var found = await FindForgeryAsync(forge, statuses, wanted, cancellationToken);
        if (found.Failed(out var unread))
            return unread;
        if (known?.Digest == digest && found.Value is null)
            return Result.Of<IReadOnlyList<Change>>([]);
        List<Change> told = [];
        if (found.Value is { } forged)
        {
            var written = await audit.WriteAsync(Entry(forged, wanted), cancellationToken);
            if (written.Failed(out var unwritten))
                return unwritten;
            told.AddRange(Tell(wanted, forged));
        }
        var set = await forge.Audit.CallAsync(
            "forge.status.set",
            $"{forge.Repository.FullName}@{wanted.Commit} {status.Context}",
            Details(wanted),
            token => statuses.SetStatusAsync(forge.Repository, wanted.Commit, status, token),
            cancellationToken
        );
        if (set.Failed(out var unset))
            return unset;
        var report = new Report(repository, place, ForgeId: null, digest, status.State.ToString());
        return Result.Of<IReadOnlyList<Change>>([.. told, new SaveReport(report)]);
    }

    /// <summary>The newest status of our context, if somebody else wrote it.</summary>
    private static async Task<Result<PostedStatus?>> FindForgeryAsync(
        ReportedForge forge,
        ICommitStatuses statuses,
        WantedStatus wanted,
        CancellationToken cancellationToken
    )
    {
        var listed = await statuses.ListStatusesAsync(forge.Repository, wanted.Commit, cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var posted = listed.Value.FirstOrDefault(status => status.Context == wanted.Status.Context);
        return Result.Of(posted is null || posted.CreatorId == forge.Self.Id ? null : posted);
    }

    private IEnumerable<Change> Tell(WantedStatus wanted, PostedStatus forged)
    {
        var now = time.GetUtcNow();
        var forgery = new Forgery(forged.Context, forged.State, wanted.Commit, forged.CreatorId, now);
        return wanted.PullRequests.SelectMany<long, Change>(number =>
            [
                new SaveReport(forgery.ToReport(wanted.Repository, ForgeryPlace(number))),
                ReportWork.Comment(wanted.Repository, number, now),
            ]
        );
    }

    private static JsonObject Details(WantedStatus wanted)
    {
        var details = new JsonObject { ["state"] = wanted.Status.State.ToString().ToLowerInvariant() };
        if (wanted.Run is { } run)
            details["run"] = run.Text;
        return details;
    }

    private static Dictionary<string, string> Links(WantedStatus wanted)
    {
        var links = new Dictionary<string, string> { ["repository"] = wanted.Repository.ToString() };
        if (wanted.Run is { } run)
            links["run"] = run.Text;
        return links;
    }

    private static AuditEntry Entry(PostedStatus forged, WantedStatus wanted) =>
        new(AuditTypes.StatusForged, "bascule")
        {
            Links = Links(wanted),
            Decision = new AuditDecision(
                false,
                "status.creator",
                "a status in Bascule's name was written by another account"
            ),
            Facts = new JsonObject
            {
                ["context"] = forged.Context,
                ["state"] = forged.State.ToString().ToLowerInvariant(),
                ["commit"] = wanted.Commit.ToString(),
            },
        };
}
