using Dapper;
using Microsoft.Data.Sqlite;

namespace Bascule.Storage.Sqlite;

/// <summary>Brings a database to this program's schema by the numbered scripts in <c>Migrations/</c>, each in one transaction.</summary>
internal static class SqliteMigrations
{
    /// <summary>"Basc" in the file's header: an empty or foreign file is told from ours.</summary>
    private const long ApplicationId = 0x42617363;

    private const string Dialect = "Sqlite";

    /// <exception cref="StorageException">The file belongs to another program, or to a newer Bascule (THREATS T150).</exception>
    public static void RefuseUnknown(SqliteConnection connection, string path)
    {
        RefuseForeign(connection, path);
        var isOurs =
            connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'") > 0;
        if (isOurs)
        {
            MigrationScripts.RefuseNewer(ReadVersion(connection), MigrationScripts.Last(Dialect), path);
        }
    }

    public static void Apply(SqliteConnection connection, DateTimeOffset now)
    {
        // The name first: a file with tables and without it would be taken for another program's after a crash in between.
        connection.Execute(
            $"""
            PRAGMA application_id = {ApplicationId};
            CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, script TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;
            """
        );
        var version = ReadVersion(connection);
        foreach (var script in MigrationScripts.For(Dialect).Where(script => script.Version > version))
        {
            ApplyOne(connection, script, now);
        }
    }

    private static int ReadVersion(SqliteConnection connection) =>
        connection.ExecuteScalar<int>("SELECT coalesce(max(version), 0) FROM schema_version");

    private static void RefuseForeign(SqliteConnection connection, string path)
    {
        var id = connection.ExecuteScalar<long>("PRAGMA application_id");
        var isEmpty = connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema") == 0;
        if (id != ApplicationId && !(id == 0 && isEmpty))
        {
            throw new StorageException(
                $"database {path} belongs to another program; choose another file under storage.sqlite"
            );
        }
    }

    private static void ApplyOne(SqliteConnection connection, MigrationScript script, DateTimeOffset now)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute(script.Sql, transaction: transaction);
        connection.Execute(
            "INSERT INTO schema_version (version, script, applied_at) VALUES (@Version, @Name, @At)",
            new
            {
                script.Version,
                script.Name,
                At = now.ToUnixTimeMilliseconds(),
            },
            transaction
        );
        transaction.Commit();
    }
}
