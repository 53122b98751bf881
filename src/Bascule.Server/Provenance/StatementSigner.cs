using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Dsse;
using Bascule.Core.Provenance.InToto;
using Bascule.Core.Provenance.Keys;
using Bascule.Core.Runs;

namespace Bascule.Server.Provenance;

/// <summary>Signs a statement and verifies the signature before anybody relies on it: a token or a vault that signs by another key is noticed here.</summary>
internal static class StatementSigner
{
    public static async Task<Result<Attestation>> SignAsync(
        RunId run,
        string predicateType,
        byte[] statement,
        IProvenanceSigner signer,
        ICallAudit audit,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var signed = PreAuthentication.Encode(Statement.PayloadType, statement);
        var signature = await signer.SignAsync(SHA256.HashData(signed), audit, cancellationToken);
        if (signature.Failed(out var problem))
            return problem;
        if (!signer.Key.Verifies(signed, signature.Value))
            return Problem.Unavailable(
                $"what signed for key {signer.Key.Id[..12]} is not that key: its signature does not verify; look at where the key is kept, then: bascule provenance key rotate --now"
            );
        var envelope = new DsseEnvelope(
            Statement.PayloadType,
            statement,
            [new DsseSignature(signer.Key.Id, signature.Value)]
        );
        return new Attestation(run, predicateType, envelope.ToJson(), signer.Key.Id, at);
    }
}
