using System.Text.Json.Nodes;
using Bascule.Core.Json;

namespace Bascule.Core.Provenance.Dsse;

/// <summary>A payload with its type and signatures over both. Nothing in it is to be believed before <see cref="DsseVerifier"/> has verified it.</summary>
public sealed record DsseEnvelope(
    string PayloadType,
    ReadOnlyMemory<byte> Payload,
    IReadOnlyList<DsseSignature> Signatures
)
{
    /// <summary>Canonical JSON (RFC 8785), base64 as RFC 4648 section 4: what is stored and handed out.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(ToNode());

    internal JsonObject ToNode() =>
        new()
        {
            ["payload"] = Convert.ToBase64String(Payload.Span),
            ["payloadType"] = PayloadType,
            ["signatures"] = new JsonArray([
                .. Signatures.Select(one => new JsonObject
                {
                    ["keyid"] = one.KeyId,
                    ["sig"] = Convert.ToBase64String(one.Bytes.Span),
                }),
            ]),
        };
}

/// <param name="KeyId">A hint and no more: empty where none was given. No decision goes by it.</param>
public sealed record DsseSignature(string KeyId, ReadOnlyMemory<byte> Bytes);
