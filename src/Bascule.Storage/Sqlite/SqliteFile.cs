namespace Bascule.Storage.Sqlite;

/// <summary>The database file itself: readable by its owner only, and served by one process at a time.</summary>
internal sealed class SqliteFile : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int WouldBlock = 11; // EAGAIN: what flock(2) answers while somebody else holds it
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
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!, Private | UnixFileMode.UserExecute);
            var held = Lock(full);
            try
            {
                Open(full, FileShare.ReadWrite).Dispose();
                return new SqliteFile(full, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new StorageException($"database {full} cannot be opened: {refused.Message}", refused);
        }
    }

    /// <summary>For a file that was there before, once it is known to be ours. SQLite gives its -wal and -shm files the same mode.</summary>
    public void MakePrivate() => File.SetUnixFileMode(Path, Private);

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string full)
    {
        var path = full + ".lock";
        try
        {
            return Open(path, FileShare.None);
        }
        catch (IOException taken) when (taken.HResult == WouldBlock)
        {
            throw new StorageException(
                $"database {full} is already served by another process: stop that one (fuser {path} names it), or choose another file under storage.sqlite",
                taken
            );
        }
    }

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
}
