using Bascule.Core.Deliveries;

namespace Bascule.Core.Api;

public sealed record DeliveryList(IReadOnlyList<DeliveryRecord> Deliveries);

/// <summary>A delivery as the API shows it, without its body.</summary>
public sealed record DeliveryRecord
{
    public required string Uid { get; init; }

    /// <summary>The forge's own id: neither signed nor unique.</summary>
    public required string DeliveryId { get; init; }
    public required string Event { get; init; }

    /// <summary>owner/name where it is known, else the key.</summary>
    public required string Repository { get; init; }
    public required DeliveryStanding Standing { get; init; }

    /// <summary>Null while nobody has looked at it.</summary>
    public string? Outcome { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
}

public sealed record QuarantinedList(IReadOnlyList<QuarantinedRecord> Quarantined);

/// <summary>A row of work that failed too often and was set aside.</summary>
public sealed record QuarantinedRecord(
    string Id,
    string Lane,
    string Kind,
    string Subject,
    string Reason,
    DateTimeOffset At
);
