using Bascule.Core;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>All pushes under way in this process: how many, and how much of the disk they may take together (THREATS T95).</summary>
internal sealed class Quarantines
{
    private const int Chunk = 64 * 1024;
    private readonly PushLimits _limits;
    private long _spooled;
    private int _open;

    public Quarantines(PushLimits limits)
    {
        _limits = limits;
        // What a process that was killed left behind; no push is under way yet.
        if (Directory.Exists(limits.Folder))
            Directory.Delete(limits.Folder, recursive: true);
    }

    public Result<Quarantine> Open()
    {
        if (Interlocked.Increment(ref _open) <= _limits.MaxPushes)
            return Quarantine.Create(_limits.Folder, Close);
        Interlocked.Decrement(ref _open);
        return Problem.Limited(
            $"{_limits.MaxPushes} pushes are under way already; push again in a moment",
            TimeSpan.FromSeconds(10)
        );
    }

    /// <summary>Writes what is left of a request to the disk, as it comes, in constant memory.</summary>
    public async Task<Problem?> SpoolAsync(Quarantine quarantine, Stream body, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            quarantine.PackFile,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.Asynchronous,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        var chunk = new byte[Chunk];
        long received = 0;
        while (await body.ReadAsync(chunk, cancellationToken) is > 0 and var count)
        {
            received += count;
            if (received > _limits.MaxPackBytes)
                return Problem.Exceeded(
                    $"the push is larger than {_limits.MaxPackBytes} bytes; push fewer commits at once, or move large files to git lfs"
                );
            quarantine.Note(count);
            if (Interlocked.Add(ref _spooled, count) > _limits.MaxSpoolBytes)
                return Problem.Limited(
                    "all pushes under way together are larger than Bascule keeps; push again in a few minutes"
                );
            await file.WriteAsync(chunk.AsMemory(0, count), cancellationToken);
        }
        return null;
    }

    private void Close(long spooled)
    {
        Interlocked.Add(ref _spooled, -spooled);
        Interlocked.Decrement(ref _open);
    }
}
