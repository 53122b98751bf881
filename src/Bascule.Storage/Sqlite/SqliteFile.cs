using System.Globalization;
using System.Runtime.Versioning;

namespace Bascule.Storage.Sqlite;

/// <summary>The database file itself: readable by its owner only, and served by one process at a time.</summary>
internal sealed class SqliteFile : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream _lock;

    private SqliteFile(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Makes the file where there is none, and holds it until disposed. The kernel lets go of it when the process dies.</summary>
    /// <exception cref="StorageException">Another process holds it, or it cannot be made.</exception>
    public static SqliteFile Hold(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new StorageException("Bascule keeps its database private by Unix file modes; run it on Linux");
        }
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!, Private | UnixFileMode.UserExecute);
            var held = Lock(full);
            // SQLite gives its -wal and -shm files the mode of the database.
            Open(full, FileShare.ReadWrite).Dispose();
            File.SetUnixFileMode(full, Private);
            return new SqliteFile(full, held);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new StorageException($"database {full} cannot be opened: {refused.Message}", refused);
        }
    }

    public void Dispose() => _lock.Dispose();

    [UnsupportedOSPlatform("windows")]
    private static FileStream Lock(string full)
    {
        var path = full + ".lock";
        try
        {
            var held = Open(path, FileShare.None);
            held.SetLength(0);
            held.Write(
                System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            );
            held.Flush();
            return held;
        }
        catch (IOException taken) when (taken is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new StorageException(
                $"database {full} is already served by process {ReadHolder(path)}; stop that one, or choose another file under storage.sqlite",
                taken
            );
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static FileStream Open(string path, FileShare share) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = share,
                UnixCreateMode = Private,
            }
        );

    private static string ReadHolder(string path)
    {
        try
        {
            using var reader = new StreamReader(
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
            );
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return "(unknown)";
        }
    }
}
