namespace Bascule.Core.Api;

/// <summary>What <c>backup</c>, <c>restore</c>, <c>export</c> and <c>import</c> did.</summary>
/// <param name="Epoch">Of the installation in the file.</param>
/// <param name="Sha256">Of all rows in the file.</param>
public sealed record SnapshotRecord(
    string File,
    string Version,
    int Schema,
    long Epoch,
    long AuditEntries,
    long Rows,
    DateTimeOffset Created,
    string Sha256
);

/// <summary>An installation that was held and acts again.</summary>
public sealed record ResumedRecord(long Epoch, DateTimeOffset HeldSince, string Because);

/// <summary>One delivery, or one row of work that was set aside, with what is still waiting for it.</summary>
/// <param name="Delivery">Null when it is a row of work.</param>
/// <param name="Quarantined">Rows that were set aside: itself, or those of the delivery.</param>
/// <param name="Waiting">Rows that wait in the inbox with the same subject.</param>
public sealed record EventDetail(
    DeliveryRecord? Delivery,
    IReadOnlyList<QuarantinedRecord> Quarantined,
    IReadOnlyList<WaitingRecord> Waiting
);

public sealed record WaitingRecord(string Kind, string Lane, int Attempt, DateTimeOffset DueAt);

/// <summary>What was put back into the inbox.</summary>
public sealed record ReplayedRecord(string Id, string Kind, string Subject);
