using Bascule.Core.Api;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Provenance.Statements;

namespace Bascule.Server.Provenance;

/// <summary>Keys and statements as the API shows them.</summary>
internal static class ProvenanceRecords
{
    public static AttestationRecord Of(Attestation attestation) =>
        new(
            attestation.PredicateType,
            attestation.KeyId,
            attestation.At,
            attestation.Digest,
            attestation.Envelope.ToArray(),
            SigstoreBundle.Write(DsseReader.Parse(attestation.Envelope).Value)
        );

    public static ProvenanceKeyRecord Of(ProvenanceKey key, DateTimeOffset now) =>
        new(
            key.Id,
            key.Place,
            key.SignsAt(now) ? "signing"
                : now < key.From ? "next"
                : "former",
            key.From,
            key.Until,
            ToVerify(key).ToPem()
        );

    /// <summary>As it is published.</summary>
    public static VerificationKey ToVerify(ProvenanceKey key) =>
        VerificationKey.FromSpki(key.Spki.Span).Value.Within(key.From, key.Until);

    /// <summary>A short word for its predicate, in addresses and file names.</summary>
    public static string KindOf(Attestation attestation) =>
        attestation.PredicateType == ProvenanceNames.SlsaPredicate ? "slsa" : "run";
}
