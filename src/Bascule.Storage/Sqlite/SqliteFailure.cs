using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Bascule.Storage.Sqlite;

/// <summary>Tells broken machinery (a full disk) from a bug of ours (a violated constraint), and says what an operator can do about it.</summary>
internal static class SqliteFailure
{
    public static bool IsMachinery(SqliteException failure) => Remedy(failure.SqliteErrorCode) is not null;

    public static StorageException Describe(string path, SqliteException failure) =>
        new($"database {path}: {Remedy(failure.SqliteErrorCode) ?? failure.Message}", failure);

    private static string? Remedy(int code) =>
        code switch
        {
            raw.SQLITE_FULL => "the disk is full; free space there",
            raw.SQLITE_IOERR => "reading or writing failed; look at the disk and the system's log",
            raw.SQLITE_NOMEM => "out of memory",
            raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM =>
                "the file may not be written; give it and its folder to the account that runs Bascule",
            raw.SQLITE_CORRUPT => "the file is damaged; restore it from a backup",
            raw.SQLITE_NOTADB => "the file is not a database; choose another file under storage.sqlite",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another program holds the file; close it",
            _ => null,
        };
}
