using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.InToto;
using Bascule.Core.Provenance.Keys;

namespace Bascule.Testing.Keys;

/// <summary>A key in memory that signs whatever it is given.</summary>
public sealed class TestSigner : IProvenanceSigner, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestSigner() => Key = VerificationKey.FromSpki(_key.ExportSubjectPublicKeyInfo()).Value;

    public VerificationKey Key { get; }

    public Task<Result<byte[]>> SignAsync(
        ReadOnlyMemory<byte> digest,
        ICallAudit audit,
        CancellationToken cancellationToken
    ) => Task.FromResult<Result<byte[]>>(_key.SignHash(digest.Span, DSASignatureFormat.Rfc3279DerSequence));

    /// <param name="keyId">The hint that it carries; null for the right one.</param>
    public DsseSignature Sign(string type, ReadOnlySpan<byte> payload, string? keyId = null) =>
        new(
            keyId ?? Key.Id,
            _key.SignData(
                PreAuthentication.Encode(type, payload),
                HashAlgorithmName.SHA256,
                DSASignatureFormat.Rfc3279DerSequence
            )
        );

    public DsseEnvelope Envelope(byte[] statement) =>
        new(Statement.PayloadType, statement, [Sign(Statement.PayloadType, statement)]);

    public void Dispose() => _key.Dispose();
}
