using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Storage.Changes;
using Bascule.Storage.Writing;
using Dapper;

namespace Bascule.Storage.Stores;

internal sealed class DeliveryStore(IReaders readers, IWriter writer) : IDeliveryStore
{
    private const string Columns =
        "uid, webhook_uid, forge_uid, repository_id, delivery_id, event_name, body_digest, received_at, standing, outcome";

    public async Task<DeliveryStanding> AppendAsync(
        Delivery delivery,
        NewWork work,
        CancellationToken cancellationToken
    ) =>
        (
            await writer.WriteAsync(
                session => Result.Of(DeliveryChanges.Append(session, delivery, work)),
                cancellationToken
            )
        ).Value;

    public async Task<Delivery?> FindAsync(string uid, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<DeliveryRow>(
                $"SELECT {Columns}, json FROM delivery JOIN delivery_body ON delivery = seq WHERE uid = @Uid",
                new { Uid = uid },
                cancellationToken
            )
        )?.ToDelivery();

    public async Task<IReadOnlyList<Delivery>> ListAsync(
        int limit,
        string? before,
        IReadOnlyList<RepositoryKey>? within,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters(new { Limit = limit, Before = before });
        var reach = within is null ? "1 = 1" : ReachSql.Repositories(within, parameters);
        var page = before is null ? "" : $"AND seq < (SELECT seq FROM delivery WHERE uid = @Before AND {reach})";
        var rows = await readers.ListAsync<DeliveryRow>(
            $"SELECT {Columns} FROM delivery WHERE {reach} {page} ORDER BY seq DESC LIMIT @Limit",
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToDelivery())];
    }

    private sealed record DeliveryRow
    {
        public required string Uid { get; init; }
        public required string WebhookUid { get; init; }
        public required string ForgeUid { get; init; }
        public long RepositoryId { get; init; }
        public required string DeliveryId { get; init; }
        public required string EventName { get; init; }
        public required string BodyDigest { get; init; }
        public long ReceivedAt { get; init; }
        public required string Standing { get; init; }
        public string? Outcome { get; init; }
        public byte[]? Json { get; init; }

        public Delivery ToDelivery() =>
            new()
            {
                Uid = Uid,
                WebhookUid = WebhookUid,
                Repository = new RepositoryKey(ForgeUid, RepositoryId),
                DeliveryId = DeliveryId,
                EventName = EventName,
                BodyDigest = BodyDigest,
                Json = Json,
                ReceivedAt = Times.Read(ReceivedAt),
                Standing = Enum.Parse<DeliveryStanding>(Standing),
                Outcome = Outcome,
            };
    }
}
