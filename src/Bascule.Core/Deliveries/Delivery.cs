using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Core.Deliveries;

/// <summary>One received, verified HTTP request of a forge.</summary>
public sealed record Delivery
{
    /// <summary>Ours, random: the forge's own delivery id is neither signed nor unique.</summary>
    public required string Uid { get; init; }

    /// <summary>The webhook registration whose address and secret it came under. Only this says which repository it is about (THREATS T17).</summary>
    public required string WebhookUid { get; init; }

    public required RepositoryKey Repository { get; init; }
    public required string DeliveryId { get; init; }
    public required string EventName { get; init; }

    /// <summary>SHA-256 of <see cref="Json"/>, hex.</summary>
    public required string BodyDigest { get; init; }
    public required ReadOnlyMemory<byte> Json { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public DeliveryStanding Standing { get; init; }

    /// <summary>What it became, in words; null while nobody has looked at it.</summary>
    public string? Outcome { get; init; }
}

public enum DeliveryStanding
{
    New,

    /// <summary>Same id, same body: the forge sent it again.</summary>
    Redelivered,

    /// <summary>Same body under another id: somebody replays, or a ref went back and forth (THREATS T07).</summary>
    Replayed,

    /// <summary>Same id, another body: never swallowed, always flagged (THREATS T09).</summary>
    Contradicting,
}

/// <summary>Where verified deliveries are kept.</summary>
public interface IDeliveryStore
{
    /// <summary>
    /// Stores the delivery, finds out its standing, and adds its row of work, all durable before this returns (group commit).
    /// A redelivery is not stored again and adds no work.
    /// </summary>
    Task<DeliveryStanding> AppendAsync(Delivery delivery, NewWork work, CancellationToken cancellationToken);

    Task<Delivery?> FindAsync(string uid, CancellationToken cancellationToken);

    /// <summary>Newest first, without bodies.</summary>
    /// <param name="before">A delivery's uid: those that came before it; null for the newest. None when it is not stored any more.</param>
    /// <param name="within">Only of these repositories; null for all. A delivery of another is no place in the list either.</param>
    Task<IReadOnlyList<Delivery>> ListAsync(
        int limit,
        string? before,
        IReadOnlyList<RepositoryKey>? within,
        CancellationToken cancellationToken
    );

    /// <summary>Of all repositories.</summary>
    Task<IReadOnlyList<Delivery>> ListAsync(int limit, string? before, CancellationToken cancellationToken) =>
        ListAsync(limit, before, within: null, cancellationToken);

    /// <summary>The newest, without bodies.</summary>
    Task<IReadOnlyList<Delivery>> ListAsync(int limit, CancellationToken cancellationToken) =>
        ListAsync(limit, before: null, cancellationToken);
}

/// <summary>Has a delivery looked at once more. Conflict when it is not stored any more, or a row waits for it already.</summary>
/// <param name="Work">Its subject is the delivery's uid.</param>
public sealed record ReplayDelivery(NewWork Work) : Change;

/// <summary>Says what a delivery became.</summary>
public sealed record SettleDelivery(string Uid, string Outcome) : Change;
