using System.Security.Cryptography;
using Bascule.Connectors.Git;
using Bascule.Core;

namespace Bascule.Server.Mirrors;

/// <summary>Hashes blobs as they pass; only their digests are kept, in <paramref name="known"/> for the tree at hand too.</summary>
internal sealed class BlobHashing(
    IReadOnlyList<TreeLeaf> leaves,
    BlobDigests digests,
    Dictionary<string, BlobDigest> known,
    MirrorOptions options
) : IObjectSink, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _digest = new byte[Digest.Bytes];
    private ObjectHead _head;
    private long _total;

    public Problem? Begin(int index, ObjectHead head)
    {
        var path = UntrustedText.Line(leaves[index].Path, 200);
        _head = head;
        _total += head.Size;
        if (head.Type is null)
            return Problem.NotFound($"'{path}': object {head.Id} is not in the mirror");
        if (head.Type != "blob")
            return Problem.Invalid($"'{path}' is a {head.Type} where the tree says file");
        if (head.Size > options.MaxBlobBytes)
            return Problem.Exceeded($"'{path}' has {head.Size} bytes, more than {options.MaxBlobBytes}");
        return _total > options.MaxTreeBytes
            ? Problem.Exceeded($"the tree's files have more than {options.MaxTreeBytes} bytes together")
            : null;
    }

    public void Write(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public void End()
    {
        _hash.GetHashAndReset(_digest);
        var digest = new BlobDigest(Digest.From(_digest), _head.Size);
        known.Add(_head.Id, digest);
        digests.Add(_head.Id, digest);
    }

    public void Dispose() => _hash.Dispose();
}
