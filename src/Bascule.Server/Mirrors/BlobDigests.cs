using System.Runtime.InteropServices;

namespace Bascule.Server.Mirrors;

/// <summary>SHA-256 and size of a blob's bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BlobDigest(Digest Sha256, long Size);

/// <summary>32 bytes as a value, so that a hundred thousand of them are one array and not a hundred thousand strings.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Digest(ulong A, ulong B, ulong C, ulong D)
{
    public const int Bytes = 32;

    /// <param name="bytes">At most 32; shorter ones (git's SHA-1) are filled with zeros.</param>
    public static Digest From(ReadOnlySpan<byte> bytes)
    {
        Span<byte> whole = stackalloc byte[Bytes];
        whole.Clear();
        bytes.CopyTo(whole);
        return MemoryMarshal.Read<Digest>(whole);
    }

    public void CopyTo(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}

/// <summary>
/// What blobs of one mirror hash to, remembered by git's id for them: an unchanged file is not read again. Two generations of bounded size;
/// when the young one is full, the old one is forgotten.
/// </summary>
internal sealed class BlobDigests(int generation)
{
    private readonly Lock _lock = new();
    private Dictionary<Digest, BlobDigest> _young = [];
    private Dictionary<Digest, BlobDigest> _old = [];

    public BlobDigest? Find(string id)
    {
        var key = Key(id);
        lock (_lock)
        {
            if (_young.TryGetValue(key, out var digest))
                return digest;
            if (!_old.TryGetValue(key, out digest))
                return null;
            Add(key, digest);
            return digest;
        }
    }

    public void Add(string id, BlobDigest digest)
    {
        lock (_lock)
            Add(Key(id), digest);
    }

    private void Add(Digest key, BlobDigest digest)
    {
        if (_young.Count >= generation)
            (_old, _young) = (_young, []);
        _young[key] = digest;
    }

    private static Digest Key(string id) => Digest.From(Convert.FromHexString(id));
}
