using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Server.Events;

/// <summary>Chooses the lane in which an event is looked at: one per ref, one per pull request.</summary>
internal static class EventWork
{
    public const string Ref = "event.ref";
    public const string PullRequest = "event.pull_request";
    public const string Ignored = "event.ignored";

    public static NewWork For(Delivery delivery, ForgeEvent happened, DateTimeOffset now) =>
        Choose(delivery, happened, now) with
        {
            Share = delivery.Repository.ToString(),
        };

    private static NewWork Choose(Delivery delivery, ForgeEvent happened, DateTimeOffset now) =>
        happened switch
        {
            RefHint hint => new NewWork(LaneOf(delivery.Repository, hint.Ref), Ref, delivery.Uid, now),
            PullRequestHint hint => new NewWork(
                LaneOf(delivery.Repository, RefName.PullRequestHead(hint.Number)),
                PullRequest,
                delivery.Uid,
                now
            ),
            _ => new NewWork($"ignored:{delivery.Uid}", Ignored, delivery.Uid, now),
        };

    public static string LaneOf(RepositoryKey repository, RefName name) => $"ref:{repository}:{name}";
}
