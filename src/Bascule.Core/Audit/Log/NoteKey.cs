using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Signatures;

namespace Bascule.Core.Audit.Log;

/// <summary>What a signature of a note is over: the text alone, or, by a witness, the text and the time it was seen.</summary>
[SuppressMessage("Design", "CA1027", Justification = "types of signed notes, not flags")]
public enum NoteKeyType
{
    None = 0,

    /// <summary>c2sp.org/signed-note: Ed25519 over the text.</summary>
    Ed25519 = 1,

    /// <summary>c2sp.org/tlog-cosignature: Ed25519 over the time and the text.</summary>
    Cosignature = 4,
}

/// <summary>A public key by which a note is checked, with the name it signs under.</summary>
public sealed class NoteKey : IDisposable
{
    private const int MostText = 1024;

    private readonly Ed25519Key _key;

    private NoteKey(string name, NoteKeyType type, Ed25519Key key)
    {
        (Name, Type, _key) = (name, type, key);
        Id = IdOf(name, type, key.PublicKey);
    }

    /// <summary>Of a log this is its origin.</summary>
    public string Name { get; }

    public NoteKeyType Type { get; }

    /// <summary>The first four bytes of a digest: a hint by which a line finds its key, no proof.</summary>
    public uint Id { get; }

    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="CryptographicException">The key has not 32 bytes.</exception>
    public static NoteKey Of(string name, NoteKeyType type, ReadOnlySpan<byte> publicKey) =>
        IsName(name)
            ? new NoteKey(name, type, Ed25519Key.FromPublic(publicKey))
            : throw new ArgumentException($"'{name}' is no name of a key: it has no spaces and no '+'", nameof(name));

    /// <summary>Reads a verifier key, <c>name+hash+base64</c>. Invalid for what is none, and for types that are not Ed25519.</summary>
    public static Result<NoteKey> Parse(string text)
    {
        var parts = text.Length <= MostText ? text.Trim().Split('+', 3) : [];
        if (parts is not [var name, _, var material] || !IsName(name))
            return Unreadable("it is not written as name+hash+base64");
        if (!TryDecode(material, out var bytes) || bytes.Length != 1 + Ed25519Key.PublicLength)
            return Unreadable("its last part is not the base 64 of an Ed25519 key with its type");
        var type = (NoteKeyType)bytes[0];
        if (type is not (NoteKeyType.Ed25519 or NoteKeyType.Cosignature))
            return Unreadable($"keys of type {bytes[0]} are not known here, only Ed25519 (1) and its cosignatures (4)");
        NoteKey key;
        try
        {
            key = Of(name, type, bytes.AsSpan(1));
        }
        catch (CryptographicException)
        {
            return Unreadable("its 32 bytes are no Ed25519 key");
        }
        if (key.ToString() == text.Trim())
            return key;
        key.Dispose();
        return Unreadable("its hash does not belong to its name and key; was a part of it changed or cut off?");
    }

    /// <summary>Not empty, no space of any kind, no plus (c2sp.org/signed-note).</summary>
    public static bool IsName(string name) =>
        name.Length > 0 && !name.Any(letter => letter == '+' || char.IsWhiteSpace(letter) || char.IsControl(letter));

    /// <summary>The bytes that follow the name in a signature line: the id, and then the signature or the time and the signature.</summary>
    public bool Verifies(string text, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32BigEndian(payload) != Id)
            return false;
        var signature = payload[sizeof(uint)..];
        if (Type == NoteKeyType.Ed25519)
            return _key.Verify(Encoding.UTF8.GetBytes(text), signature);
        return Cosignature.TimeOf(payload) is { } time
            && _key.Verify(Cosignature.Signed(text, time), signature[sizeof(ulong)..]);
    }

    /// <summary>As <see cref="Parse"/> reads it: what an auditor is handed.</summary>
    public override string ToString()
    {
        byte[] material = [(byte)Type, .. _key.PublicKey];
        return string.Create(CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String(material)}");
    }

    public void Dispose() => _key.Dispose();

    internal static uint IdOf(string name, NoteKeyType type, ReadOnlySpan<byte> publicKey)
    {
        byte[] hashed = [.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)type, .. publicKey];
        return BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(hashed));
    }

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var isBase64 = Convert.TryFromBase64String(text, bytes, out var length);
        bytes = bytes[..length];
        return isBase64;
    }

    private static Problem Unreadable(string why) => Problem.Invalid($"this is no verifier key: {why}");
}
