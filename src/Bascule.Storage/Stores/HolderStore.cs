using Bascule.Core.Runs;
using Bascule.Storage.Changes;

namespace Bascule.Storage.Stores;

internal sealed class HolderStore(IReaders readers) : IHolderStore
{
    public async Task<IReadOnlyList<LinePlace>> ReadLineAsync(
        string environment,
        string target,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<HolderChanges.LineRow>(
            HolderChanges.Line,
            new { Environment = environment, Target = target },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToPlace())];
    }

    public async Task<TimeSpan> ReadRunningTimeAsync(
        string environment,
        DateTimeOffset from,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        var milliseconds = await readers.FindAsync<long>(
            """
            SELECT CAST(coalesce(sum(
              CASE WHEN finished_at IS NULL OR finished_at > @Until THEN @Until ELSE finished_at END
              - CASE WHEN started_at > @From THEN started_at ELSE @From END), 0) AS BIGINT)
            FROM run
            WHERE environment = @Environment AND (finished_at IS NULL OR finished_at > @From) AND started_at < @Until
            """,
            new
            {
                Environment = environment,
                From = from.ToUnixTimeMilliseconds(),
                Until = until.ToUnixTimeMilliseconds(),
            },
            cancellationToken
        );
        return TimeSpan.FromMilliseconds(milliseconds);
    }
}
