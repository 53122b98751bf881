using System.Globalization;
using System.Text;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;

namespace Bascule.Server.Audit.Log;

/// <summary>
/// The newest checkpoint that this replica has seen shown, in a file beside the database: a database that does not know it any more has lost history, by a
/// failover to a server that lagged behind or by a copy that was put back.
/// </summary>
/// <param name="file">Of this replica alone; 0600.</param>
internal sealed class LogMemory(string file, ILogStore logs, IAuditLog entries)
{
    private const int MostBytes = SignedNote.MostBytes;
    private Seen? _seen;
    private bool _looked;

    /// <summary>Null when all that was seen is there; else why not, for people.</summary>
    public async Task<LostHistory?> CompareAsync(StoredLog log, CancellationToken cancellationToken)
    {
        if (!_looked)
            _seen = Read();
        if (_seen is { } seen && await LostAsync(seen, log, cancellationToken) is { } lost)
            return lost;
        _looked = true;
        if (log.PublishedSize > (_seen?.Log == log.Number ? _seen.Checkpoint.Size : 0))
            await RememberAsync(log, cancellationToken);
        return null;
    }

    private async Task<LostHistory?> LostAsync(Seen seen, StoredLog log, CancellationToken cancellationToken)
    {
        var size = seen.Checkpoint.Size;
        if (log.Number > seen.Log)
            return null;
        if (log.Number < seen.Log || log.PublishedSize < size || log.Origin != seen.Checkpoint.Origin)
            return new LostHistory(seen.Note, log.PublishedSize);
        // Afterwards the log only grew under this process's eyes.
        if (_looked)
            return null;
        var root = await new TileTree(new StoredTiles(logs, entries, log), size).RootAsync(cancellationToken);
        return root.Failed(out _) || root.Value != seen.Checkpoint.Root
            ? new LostHistory(seen.Note, log.PublishedSize)
            : null;
    }

    private async Task RememberAsync(StoredLog log, CancellationToken cancellationToken)
    {
        var stored = await logs.FindAsync(log.Number, log.PublishedSize, cancellationToken);
        if (
            stored is null
            || SignedNote.Parse(stored.Note) is not { } note
            || Checkpoint.Parse(note) is not { } checkpoint
        )
            return;
        var text = string.Create(CultureInfo.InvariantCulture, $"{log.Number}\n{stored.Note}");
        DurableFile.Write(file, Encoding.UTF8.GetBytes(text), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _seen = new Seen(log.Number, checkpoint, stored.Note);
    }

    private Seen? Read()
    {
        if (!File.Exists(file) || new FileInfo(file).Length > MostBytes)
            return null;
        var text = File.ReadAllText(file);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || !int.TryParse(text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var log))
            return null;
        return SignedNote.Parse(text[(end + 1)..]) is { } note && Checkpoint.Parse(note) is { } checkpoint
            ? new Seen(log, checkpoint, text[(end + 1)..])
            : null;
    }

    private sealed record Seen(int Log, Checkpoint Checkpoint, string Note);
}

/// <summary>The database does not hold what was shown before.</summary>
/// <param name="Shown">The checkpoint that was shown.</param>
/// <param name="Size">How many entries the database's own log had shown.</param>
internal sealed record LostHistory(string Shown, long Size);
