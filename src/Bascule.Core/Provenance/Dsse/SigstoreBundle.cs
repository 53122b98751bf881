using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core.Json;

namespace Bascule.Core.Provenance.Dsse;

/// <summary>
/// An envelope as sigstore's tools take it (bundle v0.3): under a key that whoever verifies has, without an entry in a public log and without a time stamp.
/// </summary>
public static class SigstoreBundle
{
    public const string MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /// <summary>How such media types begin; readers take the versions before, too.</summary>
    private const string AnyVersion = "application/vnd.dev.sigstore.bundle";

    /// <exception cref="ArgumentException">A bundle holds exactly one signature.</exception>
    public static byte[] Write(DsseEnvelope envelope)
    {
        if (envelope.Signatures is not [var signature])
            throw new ArgumentException("a bundle holds exactly one signature", nameof(envelope));
        return CanonicalJson.Serialize(
            new JsonObject
            {
                ["mediaType"] = MediaType,
                ["verificationMaterial"] = new JsonObject
                {
                    ["publicKey"] = new JsonObject { ["hint"] = signature.KeyId },
                    ["tlogEntries"] = new JsonArray(),
                    ["timestampVerificationData"] = new JsonObject { ["rfc3161Timestamps"] = new JsonArray() },
                },
                ["dsseEnvelope"] = envelope.ToNode(),
            }
        );
    }

    internal static bool Is(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("mediaType", out var type)
        && type.ValueKind == JsonValueKind.String
        && type.GetString()!.StartsWith(AnyVersion, StringComparison.Ordinal);

    /// <summary>Its envelope. What else it brings (certificates, hints, addresses) is nobody's proof here and is left alone.</summary>
    internal static Result<DsseEnvelope> Read(JsonElement json)
    {
        if (!json.TryGetProperty("dsseEnvelope", out var inner))
            return Problem.Invalid("the sigstore bundle holds no DSSE envelope");
        var envelope = DsseReader.Read(inner);
        if (envelope.Failed(out var problem))
            return problem;
        return envelope.Value.Signatures.Count == 1
            ? envelope
            : Problem.Invalid("a sigstore bundle holds exactly one signature");
    }
}
