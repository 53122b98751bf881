using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Keys;
using Bascule.Server.Sealing;

namespace Bascule.Server.Provenance;

/// <summary>Keys of our own, in the database and sealed by the master key, which no backup holds: a stolen backup signs nothing (THREATS T146).</summary>
internal sealed class LocalKeyPlace(MasterKey masterKey) : IProvenanceKeyPlace
{
    private const string Purpose = "provenance-key";

    public string Kind => ProvenanceKey.Local;

    public Task<Result<FoundKey>> FindAsync(CancellationToken cancellationToken)
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var plain = made.ExportPkcs8PrivateKey();
        try
        {
            var key = VerificationKey.FromSpki(made.ExportSubjectPublicKeyInfo()).Value;
            return Task.FromResult<Result<FoundKey>>(
                new FoundKey(ProvenanceKey.Local, key, masterKey.Seal(Purpose, plain))
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public Task<Result<IProvenanceSigner>> OpenAsync(ProvenanceKey key, CancellationToken cancellationToken)
    {
        var known = VerificationKey.FromSpki(key.Spki.Span);
        if (known.Failed(out var unreadable))
            return Task.FromResult(Result.Failure<IProvenanceSigner>(unreadable));
        if (key.SealedPrivateKey is not { } sealedKey)
            return Task.FromResult(
                Result.Failure<IProvenanceSigner>(
                    Problem.NotFound($"the private half of key {key.Id[..12]} is not in the database")
                )
            );
        var plain = masterKey.Open(Purpose, sealedKey.Span);
        try
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(plain, out _);
            return Task.FromResult(Result.Of<IProvenanceSigner>(new Signer(known.Value, ecdsa)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private sealed class Signer(VerificationKey key, ECDsa ecdsa) : IProvenanceSigner, IDisposable
    {
        private readonly Lock _one = new();

        public VerificationKey Key => key;

        public Task<Result<byte[]>> SignAsync(
            ReadOnlyMemory<byte> digest,
            ICallAudit audit,
            CancellationToken cancellationToken
        )
        {
            lock (_one)
                return Task.FromResult<Result<byte[]>>(
                    ecdsa.SignHash(digest.Span, DSASignatureFormat.Rfc3279DerSequence)
                );
        }

        public void Dispose() => ecdsa.Dispose();
    }
}
