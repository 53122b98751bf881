using Bascule.Core.Credentials;
using Bascule.Core.Forges;

namespace Bascule.Storage.Stores;

internal sealed class ForgeCredentialStore(IReaders readers) : IForgeCredentialStore
{
    private const string Select = """
        SELECT forge_uid, revision, account_id, account_login, sealed, fingerprint, sealed_at, rotated_at, step, sealed_next,
          sealed_former, former_until, asked_at, failed_at, failure
        FROM forge_credential
        """;

    public async Task<StoredCredential?> FindAsync(string forgeUid, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<CredentialRow>(
                $"{Select} WHERE forge_uid = @ForgeUid",
                new { ForgeUid = forgeUid },
                cancellationToken
            )
        )?.ToCredential();

    public async Task<IReadOnlyList<StoredCredential>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<CredentialRow>($"{Select} ORDER BY forge_uid", null, cancellationToken);
        return [.. rows.Select(row => row.ToCredential())];
    }

    private sealed record CredentialRow
    {
        public required string ForgeUid { get; init; }
        public long Revision { get; init; }
        public long AccountId { get; init; }
        public required string AccountLogin { get; init; }
        public required byte[] Sealed { get; init; }
        public required string Fingerprint { get; init; }
        public long SealedAt { get; init; }
        public long? RotatedAt { get; init; }
        public required string Step { get; init; }
        public byte[]? SealedNext { get; init; }
        public byte[]? SealedFormer { get; init; }
        public long? FormerUntil { get; init; }
        public long? AskedAt { get; init; }
        public long? FailedAt { get; init; }
        public string? Failure { get; init; }

        public StoredCredential ToCredential() =>
            new(ForgeUid, new ForgeAccount(AccountId, AccountLogin), Sealed, Fingerprint)
            {
                Revision = Revision,
                SealedAt = Times.Read(SealedAt),
                RotatedAt = Times.Read(RotatedAt),
                Step = Enum.Parse<CredentialStep>(Step),
                Next = SealedNext,
                Former = SealedFormer,
                FormerUntil = Times.Read(FormerUntil),
                AskedAt = Times.Read(AskedAt),
                FailedAt = Times.Read(FailedAt),
                Failure = Failure,
            };
    }
}
