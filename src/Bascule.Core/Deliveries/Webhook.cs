using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Core.Deliveries;

/// <summary>Our registration on a forge. Its uid is part of the address that the forge calls.</summary>
public sealed record Webhook
{
    public required string Uid { get; init; }
    public required RepositoryKey Repository { get; init; }

    /// <summary>The forge's own id of the registration; null until the forge has answered.</summary>
    public long? ForgeWebhookId { get; init; }

    /// <summary>The secret, sealed with the master key.</summary>
    public required byte[] SealedSecret { get; init; }

    /// <summary>The secret before the last rotation, while both are good.</summary>
    public byte[]? SealedFormerSecret { get; init; }
    public DateTimeOffset? FormerSecretUntil { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a signed delivery last came in.</summary>
    public DateTimeOffset? LastDeliveryAt { get; init; }

    /// <summary>When a delivery to its address last failed the signature: a hint that somebody changed the secret at the forge, or a stranger's noise.</summary>
    public DateTimeOffset? LastRefusedAt { get; init; }

    /// <summary>Refused deliveries and no good one since: the forge signs with another secret.</summary>
    public bool LooksMissigned => LastRefusedAt > (LastDeliveryAt ?? CreatedAt);
}

public interface IWebhookStore
{
    Task<Webhook?> FindAsync(string uid, CancellationToken cancellationToken);

    Task<IReadOnlyList<Webhook>> ListAsync(CancellationToken cancellationToken);
}

public sealed record SaveWebhook(Webhook Webhook) : Change;

/// <summary>Notes that a delivery failed the signature, not more often than the caller likes.</summary>
public sealed record NoteRefusal(string Uid, DateTimeOffset At) : Change;

public sealed record RemoveWebhook(string Uid) : Change;
