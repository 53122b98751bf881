using Bascule.Storage.Stores;

namespace Bascule.Storage.Postgres;

/// <summary>
/// How far standby servers are, by what they have acknowledged. Needs the right to see it, the role pg_monitor or more; without it nobody seems to stand by.
/// </summary>
internal sealed class PostgresStandbys(PostgresReaders readers) : IStandbys
{
    public Task<string?> ReadPositionAsync(CancellationToken cancellationToken) =>
        readers.FindAsync<string>("SELECT pg_current_wal_flush_lsn()::text", parameters: null, cancellationToken);

    public Task<int> CountAsync(string position, CancellationToken cancellationToken) =>
        readers.FindAsync<int>(
            "SELECT count(*)::int FROM pg_stat_replication WHERE flush_lsn >= CAST(@Position AS pg_lsn)",
            new { Position = position },
            cancellationToken
        );
}
