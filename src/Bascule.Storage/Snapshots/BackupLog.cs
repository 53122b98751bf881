using System.Globalization;
using System.Text;
using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Storage.Snapshots;

/// <summary>An audit log as it is in a backup. The entries are read from the file as they are asked for, from the first to the last.</summary>
public sealed class BackupLog : ILogSource, IAsyncDisposable
{
    private readonly string _file;
    private readonly BackupLogParts _parts;
    private readonly Lock _turn = new();
    private Task _last = Task.CompletedTask;
    private BackupEntries? _entries;

    private BackupLog(string file, BackupLogParts parts) => (_file, _parts) = (file, parts);

    public string Name => _file;

    public bool HasHashes => _parts.Tiles.Count > 0;

    /// <summary>1 for the first log of the installation.</summary>
    public long Number => _parts.Number;

    /// <summary>How many entries the file has for this log; its newest checkpoint may cover fewer.</summary>
    public long Entries => _parts.Entries;

    /// <summary>Invalid for what is no backup, or damaged: its own digest is checked first.</summary>
    /// <param name="log">1 for the first; a restored installation goes on in the next one. Null for the newest.</param>
    public static Task<Result<BackupLog>> OpenAsync(string file, long? log, CancellationToken cancellationToken) =>
        InAsync(
            file,
            async () =>
            {
                var read = await BackupLogParts.ReadAsync(file, log, cancellationToken);
                return read.Failed(out var problem)
                    ? Result.Failure<BackupLog>(problem)
                    : new BackupLog(file, read.Value);
            }
        );

    public Task<Result<ReadOnlyMemory<byte>>> ReadCheckpointAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            _parts.Checkpoint is { } note
                ? (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(note.ToString())
                : Result.Failure<ReadOnlyMemory<byte>>(
                    Problem.NotFound(
                        $"'{_file}' has no checkpoint of its audit log; name the file of one that was kept: --checkpoint FILE"
                    )
                )
        );

    public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken)
    {
        if (name.Level != TileName.Entries)
            return Task.FromResult(HashesOf(name));
        lock (_turn)
        {
            var read = AfterAsync(_last, name, cancellationToken);
            _last = read;
            return read;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_entries is not null)
            await _entries.DisposeAsync();
    }

    private Result<ReadOnlyMemory<byte>> HashesOf(TileName name) =>
        _parts.Tiles.TryGetValue((name.Level, name.Index), out var hashes)
            ? NarrowTile.Cut(hashes, name)
            : Problem.NotFound($"'{_file}' has no {name.Path}");

    /// <summary>The file is a stream: one after the other, in the order asked.</summary>
    private async Task<Result<ReadOnlyMemory<byte>>> AfterAsync(
        Task before,
        TileName name,
        CancellationToken cancellationToken
    )
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await InAsync(_file, () => TakeAsync(name, cancellationToken));
    }

    private async Task<Result<ReadOnlyMemory<byte>>> TakeAsync(TileName name, CancellationToken cancellationToken)
    {
        var from = name.Index * TileName.FullWidth;
        if (_entries is null || _entries.Next > from)
        {
            if (_entries is not null)
                await _entries.DisposeAsync();
            _entries = await BackupEntries.OpenAsync(_file, _parts.First, _parts.Entries, cancellationToken);
        }
        var entries = await _entries.ReadAsync(from, name.Width, cancellationToken);
        return entries.Count == 0
            ? Problem.NotFound(
                string.Create(CultureInfo.InvariantCulture, $"'{_file}' has {_parts.Entries} entries of this log")
            )
            : (ReadOnlyMemory<byte>)EntryBundle.Write(entries);
    }

    private static async Task<Result<T>> InAsync<T>(string file, Func<Task<Result<T>>> read)
    {
        try
        {
            return await read();
        }
        catch (FormatException wrong)
        {
            return Problem.Invalid($"'{file}' is no backup that can be read: {wrong.Message}");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Problem.NotFound($"there is no '{file}'");
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be read: {unread.Message}");
        }
    }
}
