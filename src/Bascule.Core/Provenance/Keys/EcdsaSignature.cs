using System.Formats.Asn1;

namespace Bascule.Core.Provenance.Keys;

/// <summary>The two ways to write an ECDSA signature by P-256: r and s side by side (PKCS #11, JWS), and ASN.1 DER (X9.62, RFC 3279 section 2.2.3).</summary>
public static class EcdsaSignature
{
    public const int RawBytes = 64;

    /// <param name="raw">r and s, 32 bytes each, most significant first.</param>
    /// <returns>DER; null when these are not two numbers of that size.</returns>
    public static byte[]? ToDer(ReadOnlySpan<byte> raw)
    {
        if (raw.Length != RawBytes)
            return null;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(Trim(raw[..(RawBytes / 2)]));
            writer.WriteIntegerUnsigned(Trim(raw[(RawBytes / 2)..]));
        }
        return writer.Encode();
    }

    /// <summary>DER writes a number in as few bytes as it takes; the writer refuses leading zeros.</summary>
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> number)
    {
        var first = number.IndexOfAnyExcept((byte)0);
        return first < 0 ? number[^1..] : number[first..];
    }
}
