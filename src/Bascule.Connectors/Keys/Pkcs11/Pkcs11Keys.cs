using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Keys;

namespace Bascule.Connectors.Keys.Pkcs11;

/// <summary>Keys that were made in a token and never leave it.</summary>
internal sealed class Pkcs11Keys(Pkcs11Token token, KeyName? named, Pkcs11Thread thread)
    : IProvenanceKeyPlace,
        IDisposable
{
    public string Kind => KeyName.Pkcs11;

    public async Task<Result<FoundKey>> FindAsync(CancellationToken cancellationToken)
    {
        if (named is not { } name)
            return Problem.Invalid("provenance.key names no key of a token");
        var found = await thread.RunAsync(() => token.Find(name.Place, name.IdBytes), cancellationToken);
        return found.Failed(out var problem)
            ? problem
            : new FoundKey(
                $"{Kind}:{name.Place}/{Convert.ToHexStringLower(found.Value.Id)}",
                found.Value.Key,
                Sealed: null
            );
    }

    public async Task<Result<IProvenanceSigner>> OpenAsync(ProvenanceKey key, CancellationToken cancellationToken)
    {
        if (KeyName.Parse(key.Place) is not { IdBytes: { } id } name)
            return Problem.Invalid($"'{key.Place}' names no key of a token");
        var found = await thread.RunAsync(() => token.Find(name.Place, id), cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        return found.Value.Key.Id == key.Id
            ? Result.Of<IProvenanceSigner>(new Signer(token, name.Place, id, found.Value.Key, thread))
            : Problem.Conflict(
                $"{Pkcs11Options.Subject}: {key.Place} is another key than the one that was published; sign by it from now on: bascule provenance key rotate --now"
            );
    }

    public void Dispose() => thread.Dispose();

    private sealed class Signer(Pkcs11Token token, string label, byte[] id, VerificationKey key, Pkcs11Thread thread)
        : IProvenanceSigner
    {
        public VerificationKey Key => key;

        public async Task<Result<byte[]>> SignAsync(
            ReadOnlyMemory<byte> digest,
            ICallAudit audit,
            CancellationToken cancellationToken
        )
        {
            var raw = await thread.RunAsync(() => token.Sign(label, id, digest), cancellationToken);
            if (raw.Failed(out var problem))
                return problem;
            return EcdsaSignature.ToDer(raw.Value) is { } der
                ? der
                : Problem.Unavailable(
                    $"{Pkcs11Options.Subject}: what the token gave is no signature of the curve P-256"
                );
        }
    }
}
