using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Reports;
using Bascule.Server.Runs;

namespace Bascule.Server.Promotions;

/// <summary>
/// Goes back to the version that was promoted before. It needs no approval: what it leads to was approved when it was promoted. The commit of the version that is
/// left does not come back by itself (THREATS T138).
/// </summary>
internal sealed class GoingBack(
    IRunStore runs,
    IPromotionStore promotions,
    IDeploymentStore deployments,
    PromotionDrafts drafts,
    TimeProvider time
)
{
    private const string Step = "rollback";

    /// <summary>
    /// The run that goes back. NotFound when nothing was promoted, Conflict when somebody has moved the alias meanwhile, when nothing good was before, or what was
    /// before is in no record any more.
    /// </summary>
    /// <param name="seen">The generation that is to be left: who asks twice goes back once.</param>
    /// <param name="because">For people; it stays in the audit log.</param>
    /// <param name="by">As the audit log names them.</param>
    public async Task<Result<Run>> AskAsync(
        PromotionPlace place,
        long seen,
        string because,
        string by,
        CancellationToken cancellationToken
    )
    {
        var history = new PromotionHistory(
            await promotions.ReadHistoryAsync(place, PromotionHistory.Most, cancellationToken)
        );
        if (history.Now is not { Version: { } badVersion } bad)
            return Problem.NotFound($"nothing is promoted as {place}");
        if (bad.Generation != seen)
            return Problem.Conflict(
                $"{place} was moved meanwhile, to version {badVersion}; look whether that is the bad one"
            );
        var good = await history.FindGoodAsync(deployments, cancellationToken);
        if (good is null && FindBeforeAll(history) is { } stranger)
            return Problem.Conflict(
                $"there is nothing to go back to: before Bascule moved it, {place} led to version {stranger}, which nobody here knows anything of; promote a good version, or set it by hand on the platform"
            );
        var like = await runs.FindAsync((good ?? bad).Run, cancellationToken);
        if (like is null)
            return Problem.Conflict(
                $"how version {(good ?? bad).Version} was promoted is in no record any more (runs are kept as long as retention.runs says); nothing was changed, promote a good version"
            );
        var order = new PromotionOrder(place.Model, good?.Version, place.Alias, bad.Generation + 1, by)
        {
            Producer = good?.Producer,
            Because = because,
        };
        var (draft, isKnown) = await drafts.DraftAsync(like, order, bad, bad.Run, cancellationToken);
        return isKnown
            ? draft
            : await drafts.StoreAsync(
                draft,
                await ChangesAsync(draft, bad, good, cancellationToken),
                cancellationToken
            );
    }

    /// <summary>Where the alias was before the first move that is known; null when it was nowhere, or nobody knows.</summary>
    private static string? FindBeforeAll(PromotionHistory history) =>
        history.Moves[^1] is { Generation: 1 } first ? first.Replaced : null;

    private async Task<IReadOnlyList<Change>> ChangesAsync(
        Run run,
        Promotion bad,
        Promotion? good,
        CancellationToken cancellationToken
    )
    {
        var (now, order) = (time.GetUtcNow(), run.Promotes!);
        var told = new TimelineEntry(
            now,
            Step,
            $"rolled back in {bad.Place.Environment} by run {run.Id}, from version {bad.Version} to {(order.Version is { } version ? $"version {version}" : "none")}: {order.Because}"
        );
        List<Change> changes =
        [
            .. drafts.Record(run, $"takes back version {bad.Version} of {order.Model}"),
            new AddTimeline(bad.Run, told),
            RunWork.Start(run, now),
        ];
        var producer = bad.Producer is { } id ? await runs.FindAsync(id, cancellationToken) : null;
        changes.AddRange(Block(order, [bad.Commit, producer?.Commit ?? bad.Commit], good, bad, now));
        if (producer is not null)
            changes.AddRange([new AddTimeline(producer.Id, told), .. ReportWork.For(producer, now)]);
        return changes;
    }

    /// <summary>
    /// The commit, and where a merge promoted what its pull request had trained, that one's too. Of a commit that produced both, the good version is to stay; the
    /// bad one is known by its number.
    /// </summary>
    private static IEnumerable<Change> Block(
        PromotionOrder order,
        IReadOnlyList<CommitId> commits,
        Promotion? good,
        Promotion bad,
        DateTimeOffset now
    )
    {
        var place = new DeployPlace(bad.Repository, bad.Place.Environment);
        foreach (var commit in commits.Distinct().Where(commit => commit != good?.Commit))
            yield return new BlockCommit(new BlockedCommit(place, commit, order.Because!, order.By, now));
    }
}
