using Bascule.Core.Signatures;

namespace Bascule.Storage.Stores;

internal sealed class ConfirmedKeyStore(IReaders readers) : IConfirmedKeys
{
    private const string Select =
        "SELECT forge_uid, fingerprint, kind, material, account_id, person_uid, at FROM confirmed_key";

    public async Task<IReadOnlyList<ConfirmedKey>> ListAsync(string forgeUid, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<KeyRow>(
            $"{Select} WHERE forge_uid = @ForgeUid ORDER BY fingerprint",
            new { ForgeUid = forgeUid },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToKey())];
    }

    public async Task<IReadOnlyList<ConfirmedKey>> ReadAsync(string personUid, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<KeyRow>(
            $"{Select} WHERE person_uid = @PersonUid ORDER BY forge_uid, fingerprint",
            new { PersonUid = personUid },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToKey())];
    }

    private sealed record KeyRow
    {
        public required string ForgeUid { get; init; }
        public required string Fingerprint { get; init; }
        public required string Kind { get; init; }
        public required string Material { get; init; }
        public long AccountId { get; init; }
        public required string PersonUid { get; init; }
        public long At { get; init; }

        public ConfirmedKey ToKey() =>
            new(
                new SigningKey(Enum.Parse<SigningKeyKind>(Kind), Fingerprint, Material),
                ForgeUid,
                AccountId,
                PersonUid,
                Times.Read(At)
            );
    }
}
