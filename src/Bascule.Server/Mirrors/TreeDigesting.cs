using System.Security.Cryptography;
using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Server.Mirrors;

/// <summary>Turns the leaves of a tree into what the port promises: sizes and digests of every file, reading only those not seen before.</summary>
internal sealed class TreeDigesting(ObjectReader reader, BlobDigests digests, MirrorOptions options)
{
    public async Task<Result<IContentTree>> MakeAsync(
        List<TreeLeaf> leaves,
        Func<TreeEntry, CancellationToken, Task<ReadOnlyMemory<byte>>> readBlob,
        CancellationToken cancellationToken
    )
    {
        var known = new Dictionary<string, BlobDigest>();
        if (await HashAsync(leaves, known, cancellationToken) is { } problem)
            return problem;
        leaves.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        var entries = new List<TreeEntry>(leaves.Count);
        var byPath = new Dictionary<string, Digest>(leaves.Count);
        var total = 0L;
        foreach (var leaf in leaves)
        {
            var (digest, size) = leaf.Kind is TreeEntryKind.Submodule ? Foreign(leaf) : known[leaf.Id];
            entries.Add(new TreeEntry(leaf.Path, leaf.Kind, leaf.Id, size));
            byPath.Add(leaf.Path, digest);
            total += size;
        }
        return total > options.MaxTreeBytes
            ? Problem.Exceeded($"the tree's files have {total} bytes together, more than {options.MaxTreeBytes}")
            : new MirrorTree(entries, byPath, readBlob);
    }

    private async Task<Problem?> HashAsync(
        List<TreeLeaf> leaves,
        Dictionary<string, BlobDigest> known,
        CancellationToken cancellationToken
    )
    {
        var blobs = leaves.Where(leaf => leaf.Kind is not TreeEntryKind.Submodule).DistinctBy(leaf => leaf.Id);
        var unknown = new List<TreeLeaf>();
        foreach (var leaf in blobs)
        {
            if (digests.Find(leaf.Id) is { } digest)
                known.Add(leaf.Id, digest);
            else
                unknown.Add(leaf);
        }
        using var hashing = new BlobHashing(unknown, digests, known, options);
        return await reader.StreamAsync([.. unknown.Select(leaf => leaf.Id)], hashing, cancellationToken);
    }

    /// <summary>A submodule has no bytes here: the commit that it names stands for them.</summary>
    private static BlobDigest Foreign(TreeLeaf leaf) =>
        new(Digest.From(SHA256.HashData(Encoding.ASCII.GetBytes(leaf.Id))), 0);
}
