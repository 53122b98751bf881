using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Events;

/// <summary>
/// Looks where a branch or tag points at the forge. The delivery only says that a look is due: what it claims about commits is compared and noted,
/// never believed.
/// </summary>
internal sealed partial class RefEventHandler(
    DeliveryReader deliveries,
    RepositoryLookup lookup,
    RefObserver observer,
    RefLooks looks,
    ILogger<RefEventHandler> log
) : IWorkHandler
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    public string Kind => EventWork.Ref;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var read = await deliveries.ReadAsync(item.Subject, cancellationToken);
        if (read.Failed(out var unreadable))
            return EventRetry.Unread(item, unreadable);
        var (delivery, happened) = read.Value;
        if (happened is not RefHint hint)
            return WorkResult.Finished(new SettleDelivery(item.Subject, "not a push"));
        if (await looks.FindAsync(item, delivery.Repository, hint.Ref, cancellationToken) is { } earlier)
            return WorkResult.Finished(new SettleDelivery(delivery.Uid, Describe(hint, earlier)));
        var changes = await LookAsync(item, delivery, hint, cancellationToken);
        if (!changes.Failed(out var problem))
            return WorkResult.Finished(changes.Value);
        Log.NotSeen(log, delivery.Uid, hint.Ref, item.Attempt, problem.Message);
        return EventRetry.After(item, delivery, problem, FirstWait);
    }

    private async Task<Result<IReadOnlyList<Change>>> LookAsync(
        WorkItem item,
        Delivery delivery,
        RefHint hint,
        CancellationToken cancellationToken
    )
    {
        var opened = await lookup.OpenAsync(delivery.Repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var last = await looks.BeginAsync(item, cancellationToken);
        var seen = await observer.LookAsync(
            opened.Value,
            hint.Ref,
            LookCause.Hook(delivery, hint.Pusher),
            cancellationToken
        );
        if (seen.Failed(out var unseen))
            return unseen;
        looks.End(item, last, seen.Value.Tip);
        return Result.Of<IReadOnlyList<Change>>([
            .. seen.Value.Changes,
            new SettleDelivery(delivery.Uid, Describe(hint, seen.Value)),
        ]);
    }

    /// <summary>Says what the look found, and whether the hook's claim was old (THREATS T08).</summary>
    private static string Describe(RefHint hint, RefSight sight)
    {
        var found = sight.Update is { } update
            ? $"{update.Ref.ShortName} {Verb(update.Move)} {update.After?.Short ?? ""}".TrimEnd()
            : $"{hint.Ref.ShortName} had not moved";
        var claimed = hint.After is { IsZero: false } after ? after : (CommitId?)null;
        return claimed is { } stale && stale != sight.Tip
            ? $"{found}; the hook spoke of {stale.Short}, which is not its tip (stale or replayed)"
            : found;
    }

    private static string Describe(RefHint hint, RefLook look) =>
        $"joined with a look that began after it came: {hint.Ref.ShortName} {(look.Tip is { } tip ? $"is at {tip.Short}" : "is not there")}";

    private static string Verb(RefMove move) =>
        move switch
        {
            RefMove.Created => "was created at",
            RefMove.Deleted => "was deleted",
            RefMove.Rewritten => "was rewritten to",
            _ => "moved to",
        };

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "Delivery {Delivery}: {Ref} could not be looked at (attempt {Attempt}): {Reason}"
        )]
        public static partial void NotSeen(ILogger log, string delivery, RefName @ref, int attempt, string reason);
    }
}
