using System.Text;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>Takes single entries out of a log, each with the proof that it stands there.</summary>
public static class Proving
{
    /// <summary>Invalid where the log's hashes do not prove it.</summary>
    public static async Task<Result<ProvenEntry>> ProveAsync(
        ITiles tiles,
        SignedNote checkpoint,
        long index,
        CancellationToken cancellationToken
    )
    {
        if (Checkpoint.Parse(checkpoint) is not { } head)
            return Problem.Invalid("the log's checkpoint is none");
        var path = await new TileTree(tiles, head.Size).InclusionAsync(index, cancellationToken);
        if (path.Failed(out var problem))
            return problem;
        var bundle = await ReadBundleAsync(tiles, head.Size, index / TileName.FullWidth, cancellationToken);
        if (bundle.Failed(out problem))
            return problem;
        var entry = bundle.Value[(int)(index % TileName.FullWidth)];
        return TreeProof.Includes(head.Root, head.Size, index, TreeHash.OfLeaf(entry.Span), path.Value)
            ? new ProvenEntry(entry, new LogProof(index, path.Value, checkpoint))
            : Problem.Invalid(
                $"{LogFinding.Entries(index, index)} is not what the checkpoint of '{head.Origin}' covers, or the hashes over it were changed; see: bascule audit verify"
            );
    }

    /// <summary>The newest entry with that id. NotFound where there is none.</summary>
    public static async Task<Result<long>> FindAsync(
        ITiles tiles,
        long size,
        string id,
        CancellationToken cancellationToken
    )
    {
        var mark = Encoding.UTF8.GetBytes($"\"id\":\"{id}\"");
        for (var bundle = (size - 1) / TileName.FullWidth; bundle >= 0 && size > 0; bundle--)
        {
            var read = await ReadBundleAsync(tiles, size, bundle, cancellationToken);
            if (read.Failed(out var problem))
                return problem;
            for (var at = read.Value.Count - 1; at >= 0; at--)
                if (read.Value[at].Span.IndexOf(mark) >= 0)
                    return (bundle * TileName.FullWidth) + at;
        }
        return Problem.NotFound($"no entry of this log has the id '{id}'");
    }

    private static async Task<Result<IReadOnlyList<ReadOnlyMemory<byte>>>> ReadBundleAsync(
        ITiles tiles,
        long size,
        long number,
        CancellationToken cancellationToken
    )
    {
        var width = (int)long.Min(TileName.FullWidth, size - (number * TileName.FullWidth));
        var name = new TileName(TileName.Entries, number, width);
        var read = await tiles.ReadAsync(name, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        return EntryBundle.Read(read.Value, width) is { } entries
            ? Result.Of(entries)
            : Problem.Invalid($"{name.Path} is damaged: it has not {width} entries");
    }
}

/// <param name="Entry">Its exact bytes.</param>
public sealed record ProvenEntry(ReadOnlyMemory<byte> Entry, LogProof Proof);
