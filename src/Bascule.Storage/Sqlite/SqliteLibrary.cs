using System.Reflection;
using System.Runtime.InteropServices;
using Dapper;
using SQLitePCL;

namespace Bascule.Storage.Sqlite;

/// <summary>Ties the provider to the system's own libsqlite3, which the distribution keeps patched.</summary>
internal static class SqliteLibrary
{
    private const string SystemName = "libsqlite3.so.0";
    private static readonly Version Oldest = new(3, 37); // STRICT tables
    private static readonly Lazy<Version> Loaded = new(Load);

    /// <exception cref="StorageException">The library is missing or too old.</exception>
    public static void Require()
    {
        if (Loaded.Value < Oldest)
        {
            throw new StorageException($"{SystemName} is version {Loaded.Value}; install SQLite {Oldest} or newer");
        }
    }

    private static Version Load()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            return Version.Parse(raw.sqlite3_libversion().utf8_to_string());
        }
        catch (DllNotFoundException missing)
        {
            throw new StorageException($"{SystemName} is not installed; on Debian: apt install libsqlite3-0", missing);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "e_sqlite3" ? NativeLibrary.Load(SystemName) : 0;
}
