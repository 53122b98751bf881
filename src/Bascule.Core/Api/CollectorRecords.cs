namespace Bascule.Core.Api;

/// <summary>The collectors of the settings.</summary>
/// <param name="Entries">How many the audit log has.</param>
public sealed record CollectorList(long Entries, IReadOnlyList<CollectorRecord> Collectors);

/// <summary>How far one collector has come.</summary>
public sealed record CollectorRecord
{
    public required string Name { get; init; }
    public required string Kind { get; init; }

    /// <summary>An address or a path.</summary>
    public required string Target { get; init; }

    /// <summary>Nothing is deleted before it has acknowledged what was written about it.</summary>
    public required bool Required { get; init; }

    /// <summary>Every entry before this one was acknowledged.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>The first entry that was neither acknowledged nor set aside.</summary>
    public required long Next { get; init; }

    /// <summary>Entries behind <see cref="Acknowledged"/>.</summary>
    public required long Lag { get; init; }

    /// <summary>When it last acknowledged something.</summary>
    public DateTimeOffset? ShippedAt { get; init; }

    /// <summary>Why the last attempt failed; null when it did not.</summary>
    public string? Failure { get; init; }
    public DateTimeOffset? FailingSince { get; init; }
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>How many entries are set aside because it refuses them.</summary>
    public required long Letters { get; init; }

    /// <summary>The first hundred of them.</summary>
    public required IReadOnlyList<CollectorLetterRecord> SetAside { get; init; }

    /// <summary>What is allowed in its settings and should not stay so.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <param name="Index">The entry's place in the log.</param>
/// <param name="Replaying">An operator has asked for it to be sent again.</param>
public sealed record CollectorLetterRecord(long Index, string Reason, int Tries, DateTimeOffset At, bool Replaying);
