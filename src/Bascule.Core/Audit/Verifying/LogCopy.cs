using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>
/// Copies a log into a folder that <see cref="LogFolder"/> and other people's tools read. What is there already is not fetched again; the checkpoint comes
/// last, so the folder is a whole log at every moment that it has one.
/// </summary>
public sealed class LogCopy(ILogSource source, string folder)
{
    private const int AtOnce = 8;

    private long _fetched;

    /// <summary>How many tiles were not there yet.</summary>
    public long Fetched => Interlocked.Read(ref _fetched);

    /// <summary>Conflict where the folder has another history than the log shows now.</summary>
    public async Task<Result<Done>> RunAsync(
        SignedNote note,
        Checkpoint checkpoint,
        CancellationToken cancellationToken
    )
    {
        var known = await new LogFolder(folder).ReadCheckpointAsync(cancellationToken);
        if (known.Problem is { Code: not ProblemCode.NotFound } unread)
            return unread;
        if (known.Problem is null)
        {
            if (SignedNote.Parse(known.Value.Span) is not { } former || Checkpoint.Parse(former) is not { } earlier)
                return Problem.Invalid($"'{folder}' has a checkpoint that is none; export into an empty folder");
            var grown = await Growth.CheckAsync(source, earlier, checkpoint, cancellationToken);
            if (grown.Failed(out var forked))
                return forked;
        }
        if (await CopyTilesAsync(checkpoint.Size, cancellationToken) is { } problem)
            return problem;
        return await WriteAsync(
            LogFolder.CheckpointName,
            System.Text.Encoding.UTF8.GetBytes(note.ToString()),
            cancellationToken
        );
    }

    private async Task<Problem?> CopyTilesAsync(long size, CancellationToken cancellationToken)
    {
        Problem? first = null;
        var names = Enumerable.Range(TileName.Entries, 9).SelectMany(level => TileName.Of(level, size));
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Parallel.ForEachAsync(
            names.TakeWhile(_ => !stop.IsCancellationRequested),
            options,
            async (name, token) =>
            {
                if ((await CopyAsync(name, token)).Failed(out var problem))
                {
                    Interlocked.CompareExchange(ref first, problem, null);
                    await stop.CancelAsync();
                }
            }
        );
        return first;
    }

    private async Task<Result<Done>> CopyAsync(TileName name, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(folder, name.Path)))
            return Result.Done;
        var read = await source.ReadAsync(name, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        if (!HasItsSize(name, read.Value))
            return Problem.Invalid($"{source.Name} answers to {name.Path} with what is no such tile");
        Interlocked.Increment(ref _fetched);
        var written = await WriteAsync(name.Path, read.Value, cancellationToken);
        DropNarrower(name);
        return written;
    }

    private static bool HasItsSize(TileName name, ReadOnlyMemory<byte> tile) =>
        name.Level == TileName.Entries
            ? EntryBundle.Read(tile, name.Width) is not null
            : tile.Length == name.Width * TreeHash.Length;

    /// <summary>Under its name only when it is whole, so that a copy that was cut off goes on where it stopped.</summary>
    private async Task<Result<Done>> WriteAsync(
        string path,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellationToken
    )
    {
        var file = Path.Combine(folder, path);
        var draft = $"{file}.{Guid.NewGuid():N}.partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(draft, bytes, cancellationToken);
            File.Move(draft, file, overwrite: true);
            return Result.Done;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be written: {failure.Message}");
        }
    }

    /// <summary>A narrower tile is the beginning of this one, and nobody reads it any more.</summary>
    private void DropNarrower(TileName name)
    {
        var narrow = Path.Combine(folder, (name with { Width = TileName.FullWidth }).Path + ".p");
        if (!Directory.Exists(narrow))
            return;
        if (name.IsFull)
            Directory.Delete(narrow, recursive: true);
        else
            foreach (
                var file in Directory
                    .GetFiles(narrow)
                    .Where(file => Path.GetFileName(file) != Path.GetFileName(name.Path))
            )
                File.Delete(file);
    }
}
