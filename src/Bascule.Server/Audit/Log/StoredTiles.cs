using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;

namespace Bascule.Server.Audit.Log;

/// <summary>The tiles of one log, out of the database; those of entries are put together from the entries themselves.</summary>
internal sealed class StoredTiles(ILogStore logs, IAuditLog entries, StoredLog log) : ITiles
{
    public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken) =>
        name.Level == TileName.Entries
            ? ReadEntriesAsync(name, cancellationToken)
            : ReadHashesAsync(name, cancellationToken);

    private async Task<Result<ReadOnlyMemory<byte>>> ReadHashesAsync(TileName name, CancellationToken cancellationToken)
    {
        var stored = await logs.ReadTileAsync(log.Number, name.Level, name.Index, cancellationToken);
        var length = name.Width * TreeHash.Length;
        return stored is { } hashes && hashes.Length >= length ? hashes[..length] : Missing(name);
    }

    private async Task<Result<ReadOnlyMemory<byte>>> ReadEntriesAsync(
        TileName name,
        CancellationToken cancellationToken
    )
    {
        var from = log.FirstEntry + (name.Index * TileName.FullWidth);
        var read = await entries.ReadAsync(from, name.Width, cancellationToken);
        return read.Count == name.Width && read[0].Index == from
            ? new ReadOnlyMemory<byte>(EntryBundle.Write([.. read.Select(record => record.Entry)]))
            : Missing(name);
    }

    private static Problem Missing(TileName name) => Problem.NotFound($"there is no {name.Path}");
}
