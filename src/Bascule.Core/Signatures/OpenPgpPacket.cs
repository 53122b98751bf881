using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Bascule.Core.Signatures;

/// <summary>A bare OpenPGP public-key packet, as Gitea keeps one: it names a key, and is not enough to check a signature by.</summary>
public static class OpenPgpPacket
{
    private const byte PublicKeyTag = 6;
    private const byte Version4 = 4;
    private const int MaxText = 64 * 1024;

    /// <summary>In upper-case hex; null for what is not exactly one public-key packet of version 4.</summary>
    [SuppressMessage(
        "Security",
        "CA5350",
        Justification = "RFC 4880, section 12.2: it is a name, and the key is checked by gpg"
    )]
    public static string? FingerprintOf(string base64)
    {
        var bytes = new byte[base64.Length];
        if (base64.Length > MaxText || !Convert.TryFromBase64String(base64, bytes, out var length))
            return null;
        var body = Body(bytes.AsSpan(0, length));
        if (body is not [Version4, ..] || body.Length > ushort.MaxValue)
            return null;
        byte[] hashed = [0x99, (byte)(body.Length >> 8), (byte)body.Length, .. body];
        return Convert.ToHexString(SHA1.HashData(hashed));
    }

    /// <summary>RFC 4880, section 4.2; empty unless one packet of that kind is all there is.</summary>
    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 3)
            return [];
        var isNew = (bytes[0] & 0xC0) == 0xC0;
        var tag = isNew ? bytes[0] & 0x3F : (bytes[0] & 0x3C) >> 2;
        if ((bytes[0] & 0x80) == 0 || tag != PublicKeyTag)
            return [];
        var (header, length) = isNew ? NewLength(bytes) : OldLength(bytes);
        return header > 0 && bytes.Length == header + length ? bytes[header..] : [];
    }

    private static (int Header, int Length) NewLength(ReadOnlySpan<byte> bytes) =>
        bytes[1] switch
        {
            < 192 => (2, bytes[1]),
            < 224 => (3, ((bytes[1] - 192) << 8) + bytes[2] + 192),
            _ => (0, 0),
        };

    private static (int Header, int Length) OldLength(ReadOnlySpan<byte> bytes) =>
        (bytes[0] & 0x03) switch
        {
            0 => (2, bytes[1]),
            1 => (3, (bytes[1] << 8) | bytes[2]),
            _ => (0, 0),
        };
}
