using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Bascule.Core;

namespace Bascule.Storage.Snapshots;

/// <summary>A snapshot on disk: readable by its owner only, and there under its name only when it is whole.</summary>
internal static class SnapshotFile
{
    /// <summary>Conflict when something is there already.</summary>
    [SuppressMessage("Performance", "CA1849", Justification = "Only the synchronous Flush reaches the disk.")]
    public static async Task<Result<T>> CreateAsync<T>(string path, Func<Stream, Task<T>> write)
    {
        var full = Path.GetFullPath(path);
        var draft = $"{full}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.partial";
        try
        {
            if (Path.Exists(full))
                return Problem.Conflict($"'{full}' is there already; name another file");
            T written;
            await using (var file = new FileStream(draft, Options))
            {
                written = await write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(draft, full, overwrite: false);
            return written;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{full}' cannot be written: {problem.Message}");
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static FileStreamOptions Options =>
        new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
}
