using Bascule.Core.Deliveries;
using Bascule.Core.Forges;

namespace Bascule.Storage.Stores;

internal sealed class WebhookStore(IReaders readers) : IWebhookStore
{
    private const string Select = """
        SELECT uid, forge_uid, repository_id, forge_webhook_id, sealed_secret, sealed_former_secret, former_secret_until, created_at,
               last_delivery_at, last_refused_at
        FROM webhook
        """;

    public async Task<Webhook?> FindAsync(string uid, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<WebhookRow>($"{Select} WHERE uid = @Uid", new { Uid = uid }, cancellationToken)
        )?.ToWebhook();

    public async Task<IReadOnlyList<Webhook>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<WebhookRow>(
            $"{Select} ORDER BY forge_uid, repository_id, created_at",
            parameters: null,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToWebhook())];
    }

    private sealed record WebhookRow
    {
        public required string Uid { get; init; }
        public required string ForgeUid { get; init; }
        public long RepositoryId { get; init; }
        public long? ForgeWebhookId { get; init; }
        public required byte[] SealedSecret { get; init; }
        public byte[]? SealedFormerSecret { get; init; }
        public long? FormerSecretUntil { get; init; }
        public long CreatedAt { get; init; }
        public long? LastDeliveryAt { get; init; }
        public long? LastRefusedAt { get; init; }

        public Webhook ToWebhook() =>
            new()
            {
                Uid = Uid,
                Repository = new RepositoryKey(ForgeUid, RepositoryId),
                ForgeWebhookId = ForgeWebhookId,
                SealedSecret = SealedSecret,
                SealedFormerSecret = SealedFormerSecret,
                FormerSecretUntil = Times.Read(FormerSecretUntil),
                CreatedAt = Times.Read(CreatedAt),
                LastDeliveryAt = Times.Read(LastDeliveryAt),
                LastRefusedAt = Times.Read(LastRefusedAt),
            };
    }
}
