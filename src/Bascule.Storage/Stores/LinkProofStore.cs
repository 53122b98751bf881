using Bascule.Core.People;

namespace Bascule.Storage.Stores;

internal sealed class LinkProofStore(IReaders readers) : ILinkProofs
{
    private const string Select =
        "SELECT digest, way, person_uid, forge_uid, session, created_at, expires_at, tries FROM link_proof";

    public async Task<LinkProof?> FindAsync(string digest, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<ProofRow>(
                $"{Select} WHERE digest = @Digest",
                new { Digest = digest },
                cancellationToken
            )
        )?.ToProof();

    public async Task<LinkProof?> FindAsync(
        string personUid,
        string forgeUid,
        ProofWay way,
        CancellationToken cancellationToken
    ) =>
        (
            await readers.FindAsync<ProofRow>(
                $"{Select} WHERE person_uid = @PersonUid AND forge_uid = @ForgeUid AND way = @Way",
                new
                {
                    PersonUid = personUid,
                    ForgeUid = forgeUid,
                    Way = way.ToString(),
                },
                cancellationToken
            )
        )?.ToProof();

    private sealed record ProofRow
    {
        public required string Digest { get; init; }
        public required string Way { get; init; }
        public required string PersonUid { get; init; }
        public required string ForgeUid { get; init; }
        public required string Session { get; init; }
        public long CreatedAt { get; init; }
        public long ExpiresAt { get; init; }
        public long Tries { get; init; }

        public LinkProof ToProof() =>
            new(Digest, Enum.Parse<ProofWay>(Way), PersonUid, ForgeUid, Session)
            {
                CreatedAt = Times.Read(CreatedAt),
                ExpiresAt = Times.Read(ExpiresAt),
                Tries = Tries,
            };
    }
}
