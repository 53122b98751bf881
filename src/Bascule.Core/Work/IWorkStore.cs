namespace Bascule.Core.Work;

/// <summary>The inbox in the database.</summary>
public interface IWorkStore
{
    /// <summary>The first row of each lane, where it is due. Oldest due first.</summary>
    Task<IReadOnlyList<WorkItem>> ReadDueAsync(DueWork query, CancellationToken cancellationToken);

    /// <summary>When the next row of a lane that is not busy falls due; null when nothing waits.</summary>
    Task<DateTimeOffset?> ReadNextDueAsync(IReadOnlyCollection<string> busyLanes, CancellationToken cancellationToken);

    /// <summary>The newest row of a lane by its id; null when the lane is empty.</summary>
    Task<long?> ReadLastAsync(string lane, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a row's result and its changes in one durable transaction, shared with whatever else is being written.
    /// Conflict when a change no longer fits what is stored, or the lease is lost: nothing of it is stored then, and the row stays as it was.
    /// </summary>
    Task<Result<Done>> SettleAsync(
        WorkItem item,
        WorkResult result,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Stores changes that do not come from a row. Same promises as <see cref="SettleAsync"/>.</summary>
    Task<Result<Done>> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken);

    /// <summary>Notes, before they are handled, that these rows are in a process's hands; undone when they are settled.</summary>
    Task SuspectAsync(IReadOnlyCollection<WorkItem> items, CancellationToken cancellationToken);

    /// <summary>Rows set aside, newest first.</summary>
    /// <param name="before">A row's id: those that were set aside before it; null for the newest. None when it is not there any more.</param>
    Task<IReadOnlyList<QuarantinedItem>> ReadQuarantinedAsync(
        int limit,
        long? before,
        CancellationToken cancellationToken
    );

    /// <summary>The newest rows that were set aside.</summary>
    Task<IReadOnlyList<QuarantinedItem>> ReadQuarantinedAsync(int limit, CancellationToken cancellationToken) =>
        ReadQuarantinedAsync(limit, before: null, cancellationToken);

    /// <summary>The row that was set aside with this id; null when there is none, or it has been put back.</summary>
    Task<QuarantinedItem?> FindQuarantinedAsync(long id, CancellationToken cancellationToken);

    /// <summary>Rows that were set aside with this subject, newest first.</summary>
    Task<IReadOnlyList<QuarantinedItem>> ReadQuarantinedAsync(string subject, CancellationToken cancellationToken);

    /// <summary>Rows that wait, due or not, with this subject.</summary>
    Task<IReadOnlyList<WorkItem>> ReadWaitingAsync(string subject, CancellationToken cancellationToken);
}

/// <summary>Which rows somebody who drains the inbox can take now.</summary>
/// <param name="Shards">The shards held.</param>
/// <param name="BusyLanes">Lanes of which a row is being handled.</param>
/// <param name="FullShares">Shares that have all the places they may have; at most four.</param>
public sealed record DueWork(
    DateTimeOffset Now,
    IReadOnlyCollection<int> Shards,
    IReadOnlyCollection<string> BusyLanes,
    IReadOnlyCollection<string> FullShares,
    int Limit
);

public sealed record QuarantinedItem(WorkItem Item, string Reason, DateTimeOffset At);
