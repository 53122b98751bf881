using System.Globalization;
using System.Text;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;
using Bascule.Core.Evidence.Tables;

namespace Bascule.Core.Evidence.Packing;

/// <summary>Writes the entries of one log, byte for byte, and what proves them.</summary>
internal sealed class EntryFiles(PackFolder folder, EvidenceRange range, EvidenceLog log, Selection selection)
{
    public const string Entries = "entries.jsonl";

    public async Task<Result<Done>> WriteAsync(CancellationToken cancellationToken)
    {
        folder.Write($"{log.Folder}{LogFolder.CheckpointName}", log.Note.ToString());
        folder.Write($"{log.Folder}key", $"{log.Key}\n");
        var file = folder.Open(Entries);
        var tiles = new HashTiles(
            log.Checkpoint.Size,
            (name, hashes) => folder.Write($"{log.Folder}{name.Path}", hashes)
        );
        var read = await log.ReadAsync((index, entry) => Take(file, tiles, index, entry), cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        tiles.Finish();
        return await ProveAsync(cancellationToken);
    }

    private void Take(PackFile file, HashTiles tiles, long index, ReadOnlyMemory<byte> bytes)
    {
        var reason = ReasonOf(index, bytes);
        tiles.Add(TreeHash.OfLeaf(bytes.Span), reason is not null);
        if (reason is null)
            return;
        var why = reason.Value.ToString().ToLowerInvariant();
        file.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"log\":{log.Number},\"index\":{index},\"why\":\"{why}\",\"entry\":"
            )
        );
        file.Write(bytes.Span);
        file.Write("}\n");
        if (selection.Proven.Contains(index))
            folder.Write(ProofOf(index, "json"), bytes.Span);
    }

    private Reason? ReasonOf(long index, ReadOnlyMemory<byte> bytes)
    {
        using var entry = new EvidenceEntry(log.Number, index, bytes);
        return selection.Of(index, range.Holds(entry.Time));
    }

    private async Task<Result<Done>> ProveAsync(CancellationToken cancellationToken)
    {
        var tree = new TileTree(new LogFolder(folder.PathOf(log.Folder)), log.Checkpoint.Size);
        foreach (var index in selection.Proven)
        {
            var path = await tree.InclusionAsync(index, cancellationToken);
            if (path.Failed(out var problem))
                return problem;
            var proof = new LogProof(index, path.Value, log.Note).ToString();
            folder.Write(ProofOf(index, "tlog-proof"), Encoding.UTF8.GetBytes(proof));
        }
        return Result.Done;
    }

    private string ProofOf(long index, string kind) =>
        string.Create(CultureInfo.InvariantCulture, $"{log.Folder}proofs/entry-{index}.{kind}");
}
