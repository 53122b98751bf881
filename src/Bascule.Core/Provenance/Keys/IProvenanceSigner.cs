using Bascule.Core.Audit;

namespace Bascule.Core.Provenance.Keys;

/// <summary>A private key of the curve P-256 that signs statements, wherever it is: sealed here, in a token, in a vault. Safe to use from many tasks at once.</summary>
public interface IProvenanceSigner
{
    /// <summary>Its public half, by which its signatures are verified.</summary>
    VerificationKey Key { get; }

    /// <param name="digest">SHA-256, 32 bytes.</param>
    /// <param name="audit">Of the call, where the key is behind somebody else's service.</param>
    /// <returns>ASN.1 DER. Unavailable when the key cannot be reached now; Denied when it may not be used.</returns>
    Task<Result<byte[]>> SignAsync(ReadOnlyMemory<byte> digest, ICallAudit audit, CancellationToken cancellationToken);
}
