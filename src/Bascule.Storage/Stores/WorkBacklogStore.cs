using Bascule.Core.Work;

namespace Bascule.Storage.Stores;

internal sealed class WorkBacklogStore(IReaders readers) : IWorkBacklog
{
    public async Task<WorkBacklog> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await readers.FindAsync<Row>(
            """
            SELECT count(*) AS due, min(due_at) AS oldest, (SELECT count(*) FROM quarantine) AS aside
            FROM work WHERE due_at <= @Now
            """,
            new { Now = now.ToUnixTimeMilliseconds() },
            cancellationToken
        );
        return new WorkBacklog(row!.Due, row.Oldest is { } at ? Times.Read(at) : null, row.Aside);
    }

    private sealed record Row
    {
        public long Due { get; init; }
        public long? Oldest { get; init; }
        public long Aside { get; init; }
    }
}
