using System.Globalization;
using System.Text;

namespace Bascule.Core.Provenance.Dsse;

/// <summary>What a DSSE signature covers: type and body, each with its length, so that neither can borrow from the other (dsse protocol.md, v1.0.2).</summary>
public static class PreAuthentication
{
    /// <returns><c>"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body</c>; LEN counts bytes, in decimal ASCII.</returns>
    public static byte[] Encode(string payloadType, ReadOnlySpan<byte> payload)
    {
        var head = Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"DSSEv1 {Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} "
            )
        );
        return [.. head, .. payload];
    }
}
