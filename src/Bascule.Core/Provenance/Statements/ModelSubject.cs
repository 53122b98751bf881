using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Bascule.Core.Json;
using Bascule.Core.Provenance.InToto;
using Bascule.Core.Runs;

namespace Bascule.Core.Provenance.Statements;

/// <summary>A model version as a subject: by the digest of its bytes where the platform tells one, and by that of its place in the registry in any case.</summary>
public static class ModelSubject
{
    /// <summary>Null without a platform whose registry the version is in, and without a digest: then nothing could be matched.</summary>
    public static StatementSubject? Of(ModelVersion model, RunPlatform? platform)
    {
        var digests = new Dictionary<string, string>();
        if (model.Sha256 is { } sha256)
            digests["sha256"] = sha256;
        if (platform?.Address is { } address)
            digests[ProvenanceNames.ModelRecordDigest] = RecordDigest(
                platform.Kind,
                address,
                model.Name,
                model.Version
            );
        if (digests.Count == 0)
            return null;
        return new StatementSubject($"models:/{model.Name}/{model.Version}", digests)
        {
            Annotations = new Dictionary<string, string>
            {
                ["digest"] = model.Sha256 is null
                    ? $"{ProvenanceNames.ModelRecordDigest} names the entry in the registry; the platform tells no digest of the model's bytes"
                    : "sha256 is of the model's bytes, as the platform tells",
            },
        };
    }

    /// <summary>
    /// SHA-256 over <c>{"kind":…,"name":…,"platform":…,"version":…}</c> (RFC 8785): anybody who knows which version they hold can compute it. It says
    /// nothing of the model's bytes.
    /// </summary>
    public static string RecordDigest(string platformKind, Uri platform, string name, string version) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                CanonicalJson.Serialize(
                    new JsonObject
                    {
                        ["kind"] = platformKind,
                        ["platform"] = Origin(platform),
                        ["name"] = name,
                        ["version"] = version,
                    }
                )
            )
        );

    internal static string Origin(Uri address) => address.AbsoluteUri.TrimEnd('/');
}
