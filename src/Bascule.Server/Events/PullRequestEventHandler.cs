using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Events;

/// <summary>
/// Follows a pull request. Its base, head branch and fork come from the signed hook (Gogs offers nothing else); where the head points comes from
/// the forge's own ref <c>refs/pull/N/head</c>, which Gogs moves only after it has sent the hook.
/// </summary>
internal sealed partial class PullRequestEventHandler(
    DeliveryReader deliveries,
    RepositoryLookup lookup,
    IRepositoryStore repositories,
    PullRequestObserver observer,
    PullRequestEnd end,
    TimeProvider time,
    ILogger<PullRequestEventHandler> log
) : IWorkHandler
{
    /// <summary>Looks for a head that the forge has not moved yet: about 25 seconds in all.</summary>
    private const int MaxLooks = 8;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(150);

    public string Kind => EventWork.PullRequest;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var read = await deliveries.ReadAsync(item.Subject, cancellationToken);
        if (read.Failed(out var unreadable))
            return EventRetry.Unread(item, unreadable);
        var (delivery, happened) = read.Value;
        if (happened is not PullRequestHint hint)
            return Settle(delivery, "not a pull request");
        if (delivery.Standing == DeliveryStanding.Replayed)
            return Settle(delivery, "replayed: this body came before under another delivery id; nothing follows");
        return await FollowAsync(item, delivery, hint, cancellationToken);
    }

    private async Task<WorkResult> FollowAsync(
        WorkItem item,
        Delivery delivery,
        PullRequestHint hint,
        CancellationToken cancellationToken
    )
    {
        var known = await repositories.FindPullRequestAsync(delivery.Repository, hint.Number, cancellationToken);
        if (hint.Action is PullRequestAction.Closed or PullRequestAction.Merged)
            return await EndAsync(item, delivery, hint, known, cancellationToken);
        var opened = await lookup.OpenAsync(delivery.Repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return EventRetry.After(item, delivery, unopened, FirstWait);
        var pullRequest = Describe(delivery, hint, known);
        var seen = await observer.LookAsync(
            opened.Value,
            pullRequest,
            known,
            LookCause.Hook(delivery, hint.Sender),
            cancellationToken
        );
        if (seen.Failed(out var unseen))
        {
            Log.NotSeen(log, delivery.Uid, hint.Number, item.Attempt, unseen.Message);
            return EventRetry.After(item, delivery, unseen, FirstWait);
        }
        return Conclude(item, delivery, hint, seen.Value);
    }

    private static WorkResult Conclude(WorkItem item, Delivery delivery, PullRequestHint hint, PullRequestSight sight)
    {
        var headExpected = hint.Action is PullRequestAction.Opened or PullRequestAction.Synchronized;
        if (headExpected && sight.Update is null && !sight.IsAt(hint.Head) && item.Attempt < MaxLooks)
        {
            var problem = Problem.Unavailable($"refs/pull/{hint.Number}/head has not moved yet");
            return WorkResult.Retry(Work.BackOff.After(item.Attempt, FirstWait), problem);
        }
        var outcome =
            sight.Head is null ? $"pull request {hint.Number} has no head at the forge; nothing follows"
            : sight.Update is { } update ? $"pull request {hint.Number} is at {update.After?.Short}"
            : $"pull request {hint.Number} has not moved";
        return WorkResult.Finished([.. sight.Changes, new SettleDelivery(delivery.Uid, outcome)]);
    }

    private async Task<WorkResult> EndAsync(
        WorkItem item,
        Delivery delivery,
        PullRequestHint hint,
        PullRequest? known,
        CancellationToken cancellationToken
    )
    {
        var merged = hint.Action == PullRequestAction.Merged;
        var pullRequest = Describe(delivery, hint, known) with
        {
            State = merged ? PullRequestState.Merged : PullRequestState.Closed,
            MergeCommit = merged ? hint.MergeCommit : null,
        };
        var ended = await end.ToChangesAsync(pullRequest, item.Attempt >= MaxLooks, cancellationToken);
        return ended.Failed(out var unfound)
            ? WorkResult.Retry(Work.BackOff.After(item.Attempt, FirstWait), unfound)
            : WorkResult.Finished([
                .. ended.Value,
                new SettleDelivery(delivery.Uid, $"pull request {hint.Number} was {(merged ? "merged" : "closed")}"),
            ]);
    }

    private PullRequest Describe(Delivery delivery, PullRequestHint hint, PullRequest? known) =>
        new()
        {
            Repository = delivery.Repository,
            Number = hint.Number,
            Title = hint.Title,
            Base = hint.Base,
            HeadBranch = hint.HeadBranch,
            FromFork = hint.FromFork,
            State = StateAfter(hint, known),
            Head = known?.Head,
            MergeCommit = known?.MergeCommit,
            Author = hint.Author ?? known?.Author,
            UpdatedAt = time.GetUtcNow(),
        };

    /// <summary>Only opening opens: a title may be edited after the merge.</summary>
    private static PullRequestState StateAfter(PullRequestHint hint, PullRequest? known) =>
        hint.Action == PullRequestAction.Edited && known is not null ? known.State : PullRequestState.Open;

    private static WorkResult Settle(Delivery delivery, string outcome) =>
        WorkResult.Finished(new SettleDelivery(delivery.Uid, outcome));

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "Delivery {Delivery}: pull request {Number} could not be looked at (attempt {Attempt}): {Reason}"
        )]
        public static partial void NotSeen(ILogger log, string delivery, long number, int attempt, string reason);
    }
}
