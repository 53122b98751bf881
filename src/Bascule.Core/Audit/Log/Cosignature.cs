using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Bascule.Core.Signatures;

namespace Bascule.Core.Audit.Log;

/// <summary>How a witness's signature is laid out: c2sp.org/tlog-cosignature, for Ed25519.</summary>
public static class Cosignature
{
    private const int PayloadLength = sizeof(uint) + sizeof(ulong) + Ed25519Key.SignatureLength;

    /// <summary>When the witness says it saw the checkpoint, in seconds since 1970; null where the payload is none of a cosignature.</summary>
    public static ulong? TimeOf(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != PayloadLength)
            return null;
        var time = BinaryPrimitives.ReadUInt64BigEndian(payload[sizeof(uint)..]);
        return time <= long.MaxValue ? time : null;
    }

    internal static byte[] Signed(string text, ulong time) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time}\n{text}"));
}
