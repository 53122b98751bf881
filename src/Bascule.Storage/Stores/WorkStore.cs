using Bascule.Core;
using Bascule.Core.Work;
using Bascule.Storage.Changes;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Stores;

internal sealed class WorkStore(IReaders readers, IWriter writer) : IWorkStore
{
    private const string Columns = "id, lane, kind, subject, attempt, due_at, revision, crashes, share";

    /// <summary>The subquery keeps the plan the same however full the inbox is: one probe of the index by lane for each row looked at.</summary>
    private const string Heads = $"""
        SELECT {Columns} FROM work
        WHERE id = (SELECT min(first.id) FROM work AS first WHERE first.lane = work.lane)
        """;

    public async Task<IReadOnlyList<WorkItem>> ReadDueAsync(DueWork query, CancellationToken cancellationToken)
    {
        // A lane has one head: at most one row for each busy lane is read in vain.
        var full = query.FullShares.ToArray();
        var rows = await readers.ListAsync<WorkRow>(
            $"""
            {Heads} AND due_at <= @Now AND (@Shards >> shard) & 1 = 1 AND share NOT IN (@Full1, @Full2, @Full3, @Full4)
            ORDER BY due_at, id LIMIT @Limit
            """,
            new
            {
                Now = query.Now.ToUnixTimeMilliseconds(),
                Shards = query.Shards.Aggregate(0L, (mask, shard) => mask | (1L << shard)),
                Full1 = Share(full, 0),
                Full2 = Share(full, 1),
                Full3 = Share(full, 2),
                Full4 = Share(full, 3),
                Limit = query.Limit + query.BusyLanes.Count,
            },
            cancellationToken
        );
        var busy = query.BusyLanes.ToHashSet();
        return [.. rows.Where(row => !busy.Contains(row.Lane)).Take(query.Limit).Select(row => row.ToItem())];
    }

    public async Task<DateTimeOffset?> ReadNextDueAsync(
        IReadOnlyCollection<string> busyLanes,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<WorkRow>(
            $"{Heads} ORDER BY due_at LIMIT @Limit",
            new { Limit = busyLanes.Count + 1 },
            cancellationToken
        );
        var busy = busyLanes.ToHashSet();
        return rows.FirstOrDefault(row => !busy.Contains(row.Lane))?.ToItem().DueAt;
    }

    public Task<long?> ReadLastAsync(string lane, CancellationToken cancellationToken) =>
        readers.FindAsync<long?>("SELECT max(id) FROM work WHERE lane = @Lane", new { Lane = lane }, cancellationToken);

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

    public Task SuspectAsync(IReadOnlyCollection<WorkItem> items, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            session =>
            {
                session.Execute(
                    "UPDATE work SET crashes = crashes + 1 WHERE id = @Id",
                    items.Select(item => new { item.Id })
                );
                return Result.Done;
            },
            cancellationToken
        );

    public Task<IReadOnlyList<QuarantinedItem>> ReadQuarantinedAsync(
        int limit,
        long? before,
        CancellationToken cancellationToken
    ) =>
        before is { } id
            ? ReadQuarantinedAsync(
                "WHERE seq < (SELECT seq FROM quarantine WHERE id = @Before) ORDER BY seq DESC LIMIT @Limit",
                new { Limit = limit, Before = id },
                cancellationToken
            )
            : ReadQuarantinedAsync("ORDER BY seq DESC LIMIT @Limit", new { Limit = limit }, cancellationToken);

    public async Task<QuarantinedItem?> FindQuarantinedAsync(long id, CancellationToken cancellationToken) =>
        (await ReadQuarantinedAsync("WHERE id = @Id", new { Id = id }, cancellationToken)) is [var found, ..]
            ? found
            : null;

    public Task<IReadOnlyList<QuarantinedItem>> ReadQuarantinedAsync(
        string subject,
        CancellationToken cancellationToken
    ) =>
        ReadQuarantinedAsync(
            "WHERE subject = @Subject ORDER BY seq DESC LIMIT 100",
            new { Subject = subject },
            cancellationToken
        );

    public async Task<IReadOnlyList<WorkItem>> ReadWaitingAsync(string subject, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<WorkRow>(
            $"SELECT {Columns} FROM work WHERE subject = @Subject ORDER BY id LIMIT 100",
            new { Subject = subject },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToItem())];
    }

    private async Task<IReadOnlyList<QuarantinedItem>> ReadQuarantinedAsync(
        string which,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<WorkRow>(
            $"SELECT id, lane, kind, subject, attempt, due_at, share, reason, at FROM quarantine {which}",
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => new QuarantinedItem(row.ToItem(), row.Reason, Times.Read(row.At)))];
    }

    private static Result<Done> Answer(Problem? problem) => problem is null ? Result.Done : problem;

    /// <summary>No share is called "-".</summary>
    private static string Share(string[] full, int place) => place < full.Length ? full[place] : "-";

    private sealed record WorkRow
    {
        public long Id { get; init; }
        public string Lane { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Subject { get; init; } = "";
        public int Attempt { get; init; }
        public long DueAt { get; init; }
        public long Revision { get; init; }
        public int Crashes { get; init; }
        public string Share { get; init; } = "";
        public string Reason { get; init; } = "";
        public long At { get; init; }

        public WorkItem ToItem() =>
            new(Id, Lane, Kind, Subject, Attempt, Times.Read(DueAt))
            {
                Revision = Revision,
                Crashes = Crashes,
                Share = Share,
            };
    }
}
