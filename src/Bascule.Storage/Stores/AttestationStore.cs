using Bascule.Core.Provenance;
using Bascule.Core.Runs;

namespace Bascule.Storage.Stores;

internal sealed class AttestationStore(IReaders readers) : IAttestationStore
{
    public async Task<IReadOnlyList<Attestation>> ListAsync(RunId run, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<AttestationRow>(
            "SELECT predicate_type, envelope, key_id, attested_at FROM attestation WHERE run = @Run ORDER BY predicate_type",
            new { Run = run.Text },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new Attestation(
                run,
                row.PredicateType,
                row.Envelope,
                row.KeyId,
                Times.Read(row.AttestedAt)
            )),
        ];
    }

    public async Task<IReadOnlyList<ProvenanceKey>> ListKeysAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<KeyRow>(
            "SELECT id, place, spki, sealed_private_key, added_at, valid_from, valid_until FROM provenance_key ORDER BY seq",
            parameters: null,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToKey())];
    }

    private sealed record AttestationRow
    {
        public required string PredicateType { get; init; }
        public required byte[] Envelope { get; init; }
        public required string KeyId { get; init; }
        public long AttestedAt { get; init; }
    }

    private sealed record KeyRow
    {
        public required string Id { get; init; }
        public required string Place { get; init; }
        public required byte[] Spki { get; init; }
        public byte[]? SealedPrivateKey { get; init; }
        public long AddedAt { get; init; }
        public long ValidFrom { get; init; }
        public long? ValidUntil { get; init; }

        public ProvenanceKey ToKey() =>
            new(
                Id,
                Place,
                Spki,
                SealedPrivateKey is null ? (ReadOnlyMemory<byte>?)null : SealedPrivateKey,
                Times.Read(AddedAt),
                Times.Read(ValidFrom)
            )
            {
                Until = Times.Read(ValidUntil),
            };
    }
}
