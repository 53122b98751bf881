using Bascule.Core.Provenance.Keys;

namespace Bascule.Core.Provenance.Dsse;

/// <summary>Decides by keys alone: every signature is tried by every key, and a <c>keyid</c> is read by nobody.</summary>
public static class DsseVerifier
{
    /// <param name="threshold">How many distinct keys must have signed: two signatures by one key count once.</param>
    /// <returns>The bytes that were verified, which alone may be parsed; Denied when too few keys signed them.</returns>
    public static Result<VerifiedPayload> Verify(
        DsseEnvelope envelope,
        IReadOnlyCollection<VerificationKey> keys,
        int threshold = 1
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        var signed = PreAuthentication.Encode(envelope.PayloadType, envelope.Payload.Span);
        var signers = keys.DistinctBy(key => key.Id, StringComparer.Ordinal)
            .Where(key => envelope.Signatures.Any(one => key.Verifies(signed, one.Bytes.Span)))
            .ToList();
        return signers.Count >= threshold
            ? new VerifiedPayload(envelope.PayloadType, envelope.Payload, signers)
            : Problem.Denied(
                threshold == 1
                    ? $"no signature is by one of the {keys.Count} known keys: the payload or its type was changed, the signature was, or another key signed"
                    : $"{signers.Count} of the {keys.Count} known keys signed, and {threshold} must"
            );
    }
}

/// <summary>Bytes under a signature that was verified; nobody but the verifier can make one.</summary>
public sealed class VerifiedPayload
{
    internal VerifiedPayload(string type, ReadOnlyMemory<byte> bytes, IReadOnlyList<VerificationKey> signers) =>
        (Type, Bytes, Signers) = (type, bytes, signers);

    public string Type { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Distinct keys, whose signatures it carries.</summary>
    public IReadOnlyList<VerificationKey> Signers { get; }
}
