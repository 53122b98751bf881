using Dapper;
using Npgsql;

namespace Bascule.Storage.Postgres;

/// <summary>Brings a database to this program's schema by the numbered scripts in <c>Migrations/Postgres</c>, all in one transaction and one replica at a time.</summary>
internal static class PostgresMigrations
{
    private const long Lock = 0x4261736373636865;

    /// <exception cref="StorageException">The database belongs to another program, or to a newer Bascule (THREATS T150).</exception>
    public static async Task ApplyAsync(
        NpgsqlDataSource source,
        string server,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@Lock)", new { Lock });
        await RefuseForeignAsync(connection, server);
        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, script TEXT NOT NULL, applied_at BIGINT NOT NULL)"
        );
        var version = await connection.ExecuteScalarAsync<int>("SELECT coalesce(max(version), 0) FROM schema_version");
        var scripts = MigrationScripts.For("Postgres");
        MigrationScripts.RefuseNewer(version, scripts[^1].Version, server);
        foreach (var script in scripts.Where(script => script.Version > version))
        {
            await connection.ExecuteAsync(script.Sql);
            await connection.ExecuteAsync(
                "INSERT INTO schema_version (version, script, applied_at) VALUES (@Version, @Name, @At)",
                new
                {
                    script.Version,
                    script.Name,
                    At = now.ToUnixTimeMilliseconds(),
                }
            );
        }
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task RefuseForeignAsync(NpgsqlConnection connection, string server)
    {
        var tables = await connection.QueryAsync<string>(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        );
        var names = tables.AsList();
        if (names.Count > 0 && !names.Contains("schema_version"))
        {
            throw new StorageException(
                $"database {server} has tables of another program; give Bascule a database of its own: createdb NAME"
            );
        }
    }
}
