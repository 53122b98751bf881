using Bascule.Core;
using Bascule.Core.Work;
using Bascule.Storage.Sqlite.Changes;
using Bascule.Storage.Sqlite.Writing;

namespace Bascule.Storage.Sqlite.Stores;

internal sealed class SqliteWorkStore(SqliteReaders readers, SqliteWriter writer) : IWorkStore
{
    public async Task<IReadOnlyList<WorkItem>> ReadDueAsync(
        DateTimeOffset now,
        IReadOnlyCollection<string> busyLanes,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // A lane has one head: at most one row for each busy lane is read in vain.
        var heads = await readers.ListAsync<WorkRow>(
            """
            SELECT id, lane, kind, subject, attempt, due_at FROM work
            WHERE head = 1 AND due_at <= @Now ORDER BY due_at, id LIMIT @Limit
            """,
            new { Now = now.ToUnixTimeMilliseconds(), Limit = limit + busyLanes.Count },
            cancellationToken
        );
        var busy = busyLanes.ToHashSet();
        var due = heads.Where(head => !busy.Contains(head.Lane)).Take(limit).Select(head => head.ToItem()).ToList();
        writer.InHand.Add(due.Select(item => item.Id));
        return due;
    }

    public async Task<DateTimeOffset?> ReadNextDueAsync(
        IReadOnlyCollection<string> busyLanes,
        CancellationToken cancellationToken
    )
    {
        var heads = await readers.ListAsync<WorkRow>(
            "SELECT id, lane, kind, subject, attempt, due_at FROM work WHERE head = 1 ORDER BY due_at LIMIT @Limit",
            new { Limit = busyLanes.Count + 1 },
            cancellationToken
        );
        var busy = busyLanes.ToHashSet();
        return heads.FirstOrDefault(head => !busy.Contains(head.Lane))?.ToItem().DueAt;
    }

    public Task<Result<Done>> SettleAsync(
        WorkItem item,
        WorkResult result,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        writer.WriteAsync(
            session =>
                Answer(WorkChanges.Settle(session, item, result, now) ?? ChangeWriter.Apply(session, result.Changes)),
            cancellationToken
        );

    public Task<Result<Done>> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken) =>
        writer.WriteAsync(session => Answer(ChangeWriter.Apply(session, changes)), cancellationToken);

    public async Task<IReadOnlyList<QuarantinedItem>> ReadQuarantinedAsync(
        int limit,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<WorkRow>(
            "SELECT id, lane, kind, subject, attempt, due_at, reason, at FROM quarantine ORDER BY seq DESC LIMIT @Limit",
            new { Limit = limit },
            cancellationToken
        );
        return [.. rows.Select(row => new QuarantinedItem(row.ToItem(), row.Reason, Times.Read(row.At)))];
    }

    private static Result<Done> Answer(Problem? problem) => problem is null ? Result.Done : problem;

    private sealed record WorkRow
    {
        public long Id { get; init; }
        public string Lane { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Subject { get; init; } = "";
        public int Attempt { get; init; }
        public long DueAt { get; init; }
        public string Reason { get; init; } = "";
        public long At { get; init; }

        public WorkItem ToItem() => new(Id, Lane, Kind, Subject, Attempt, Times.Read(DueAt));
    }
}
