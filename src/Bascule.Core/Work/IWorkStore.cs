namespace Bascule.Core.Work;

/// <summary>The inbox in the database.</summary>
public interface IWorkStore
{
    /// <summary>The first waiting row of each lane, where it is due; lanes in <paramref name="busyLanes"/> are left out. Oldest due first.</summary>
    Task<IReadOnlyList<WorkItem>> ReadDueAsync(
        DateTimeOffset now,
        IReadOnlyCollection<string> busyLanes,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>When the next row of a lane that is not busy falls due; null when nothing waits.</summary>
    Task<DateTimeOffset?> ReadNextDueAsync(IReadOnlyCollection<string> busyLanes, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a row's result and its changes in one durable transaction, shared with whatever else is being written.
    /// Conflict when a change no longer fits what is stored: nothing of it is stored then, and the row stays as it was.
    /// </summary>
    Task<Result<Done>> SettleAsync(
        WorkItem item,
        WorkResult result,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Stores changes that do not come from a row. Same promises as <see cref="SettleAsync"/>.</summary>
    Task<Result<Done>> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken);

    /// <summary>Rows set aside, newest first.</summary>
    Task<IReadOnlyList<QuarantinedItem>> ReadQuarantinedAsync(int limit, CancellationToken cancellationToken);
}

public sealed record QuarantinedItem(WorkItem Item, string Reason, DateTimeOffset At);
