using System.Buffers.Binary;
using System.Text;
using Bascule.Core.Signatures;

namespace Bascule.Core.Audit.Log;

/// <summary>Signs notes under a name, or cosigns those of others.</summary>
public sealed class NoteSigner : IDisposable
{
    private readonly string _name;
    private readonly Ed25519Key _key;

    /// <param name="seed">The private key, 32 bytes.</param>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public NoteSigner(string name, ReadOnlySpan<byte> seed)
    {
        _name = name;
        _key = Ed25519Key.FromSeed(seed);
        Key = NoteKey.Of(name, NoteKeyType.Ed25519, _key.PublicKey);
        CosignatureKey = NoteKey.Of(name, NoteKeyType.Cosignature, _key.PublicKey);
    }

    /// <summary>By which <see cref="Sign"/> is checked.</summary>
    public NoteKey Key { get; }

    /// <summary>By which <see cref="Cosign"/> is checked. A key is used for one of the two only.</summary>
    public NoteKey CosignatureKey { get; }

    public NoteSignature Sign(string text) => Line(Key, [], Encoding.UTF8.GetBytes(text));

    /// <summary>A witness's word that it saw this checkpoint at that time, and that it extends what it saw before (c2sp.org/tlog-cosignature).</summary>
    public NoteSignature Cosign(Checkpoint checkpoint, DateTimeOffset at)
    {
        var time = (ulong)at.ToUnixTimeSeconds();
        var stamp = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(stamp, time);
        return Line(CosignatureKey, stamp, Cosignature.Signed(checkpoint.Text, time));
    }

    public void Dispose()
    {
        _key.Dispose();
        Key.Dispose();
        CosignatureKey.Dispose();
    }

    private NoteSignature Line(NoteKey key, byte[] stamp, byte[] signed)
    {
        var id = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(id, key.Id);
        return new NoteSignature(_name, [.. id, .. stamp, .. _key.Sign(signed)]);
    }
}
