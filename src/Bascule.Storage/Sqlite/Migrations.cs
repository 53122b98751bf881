using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Bascule.Storage.Sqlite;

/// <summary>Brings a database to this program's schema by the numbered scripts in <c>Migrations/</c>, each in one transaction.</summary>
internal static class Migrations
{
    /// <summary>"Basc" in the file's header: an empty or foreign file is told from ours.</summary>
    private const long ApplicationId = 0x42617363;

    private const string Folder = "Bascule.Storage.Migrations.";

    /// <exception cref="StorageException">The file belongs to another program, or to a newer Bascule (THREATS T150).</exception>
    public static void RefuseUnknown(SqliteConnection connection, string path)
    {
        RefuseForeign(connection, path);
        var isOurs =
            connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'") > 0;
        if (isOurs)
        {
            RefuseNewer(ReadVersion(connection), Scripts().Count, path);
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
        foreach (var script in Scripts().Skip(ReadVersion(connection)))
        {
            ApplyOne(connection, script, now);
        }
    }

    private static List<string> Scripts() =>
        [
            .. typeof(Migrations)
                .Assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

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

    private static void RefuseNewer(int current, int known, string path)
    {
        if (current > known)
        {
            throw new StorageException(
                $"database {path} has schema {current}, and this program knows {known} at most: it was used by a newer Bascule. "
                    + "Run that version, or restore the backup made before the upgrade"
            );
        }
    }

    private static void ApplyOne(SqliteConnection connection, string resource, DateTimeOffset now)
    {
        var script = resource[Folder.Length..];
        using var reader = new StreamReader(typeof(Migrations).Assembly.GetManifestResourceStream(resource)!);
        using var transaction = connection.BeginTransaction();
        connection.Execute(reader.ReadToEnd(), transaction: transaction);
        connection.Execute(
            "INSERT INTO schema_version (version, script, applied_at) VALUES (@Version, @Script, @At)",
            new
            {
                Version = int.Parse(script.AsSpan(0, 4), CultureInfo.InvariantCulture),
                Script = script,
                At = now.ToUnixTimeMilliseconds(),
            },
            transaction
        );
        transaction.Commit();
    }
}
