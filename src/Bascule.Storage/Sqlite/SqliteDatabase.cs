using Dapper;
using Microsoft.Data.Sqlite;

namespace Bascule.Storage.Sqlite;

/// <summary>One opened, held and migrated database file, with its one writing connection.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>
    /// FULL: a commit is on the disk before it is answered. temp_store: savepoints must not make files.
    /// wal_autocheckpoint: every 64 MiB; at 16 MiB a third of the intake went into checkpoints.
    /// secure_delete FAST: what is taken out of a page is overwritten there, which costs no page more; who is erased is not left in the gaps (THREATS T121).
    /// </summary>
    private const string Settings = """
        PRAGMA busy_timeout = 5000;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -16384;
        PRAGMA wal_autocheckpoint = 16000;
        PRAGMA secure_delete = FAST;
        """;

    private readonly SqliteFile _file;

    private SqliteDatabase(SqliteFile file, SqliteConnection writing)
    {
        _file = file;
        Writing = writing;
        AfterCrash = writing.ExecuteScalar<bool>("SELECT serving FROM installation");
        writing.Execute("UPDATE installation SET serving = TRUE");
    }

    /// <summary>The process that had it open before did not close it.</summary>
    public bool AfterCrash { get; }

    public string Path => _file.Path;

    public SqliteConnection Writing { get; }

    /// <exception cref="StorageException">The file is held, foreign, damaged or newer than this program.</exception>
    public static SqliteDatabase Open(string path, TimeProvider time)
    {
        SqliteLibrary.Require();
        var file = SqliteFile.Hold(path);
        SqliteConnection? connection = null;
        try
        {
            Inspect(file.Path);
            file.MakePrivate();
            connection = Connect(file.Path);
            SqliteMigrations.Apply(connection, time.GetUtcNow());
            return new SqliteDatabase(file, connection);
        }
        catch (Exception failure)
        {
            connection?.Dispose();
            file.Dispose();
            if (failure is SqliteException sqlite)
            {
                throw SqliteFailure.Describe(file.Path, sqlite);
            }
            throw;
        }
    }

    public void Dispose()
    {
        Close();
        Writing.Dispose();
        _file.Dispose();
    }

    private void Close()
    {
        try
        {
            Writing.Execute("UPDATE installation SET serving = FALSE");
        }
        catch (SqliteException)
        {
            // A full disk, say: the next start is careful without need.
        }
    }

    /// <summary>Before anything is changed in it: even the switch to WAL would be one.</summary>
    private static void Inspect(string path)
    {
        using var connection = new SqliteConnection(Address(path));
        connection.Open();
        SqliteMigrations.RefuseUnknown(connection, path);
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(Address(path));
        try
        {
            connection.Open();
            connection.Execute(Settings);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string Address(string path) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
        }.ToString();
}
