namespace Bascule.Core.Api;

/// <summary>Who is known here.</summary>
public sealed record PersonList(IReadOnlyList<PersonRecord> People);

public sealed record PersonRecord
{
    /// <summary>The pseudonym under which the audit log speaks of them.</summary>
    public required string Uid { get; init; }
    public required string Issuer { get; init; }
    public required string Subject { get; init; }
    public required string Name { get; init; }

    /// <summary>The rules that name them, as written in the settings.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Accounts at forges that they have proven.</summary>
    public required IReadOnlyList<string> Accounts { get; init; }
    public required DateTimeOffset LastSeenAt { get; init; }
    public DateTimeOffset? RetiredAt { get; init; }
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Null where what is known of them may be erased.</summary>
    public LegalHoldRecord? LegalHold { get; init; }
}

/// <summary>What the roles decide, and why.</summary>
public sealed record ExplanationRecord
{
    public required bool Allowed { get; init; }
    public required string Act { get; init; }

    /// <summary>The key of the rule that decided; <c>roles</c> when none did.</summary>
    public required string Rule { get; init; }
    public required string Reason { get; init; }

    /// <summary>Which claims the rule named.</summary>
    public required IReadOnlyList<string> Claims { get; init; }

    /// <summary>Of a refusal: the rules that would have allowed it to those they name.</summary>
    public required IReadOnlyList<string> WouldAllow { get; init; }

    /// <summary>Every rule that names them.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>For a run that asks for approvals: each rule about who may give one, beside the role.</summary>
    public IReadOnlyList<CheckRecord> Checks { get; init; } = [];
}

/// <summary>Somebody for whom nothing is let in any more.</summary>
/// <param name="Confirmed">It was read back, and nothing is left of what had to end.</param>
public sealed record RetiredRecord(
    string Person,
    DateTimeOffset RetiredAt,
    IReadOnlyList<EndedRecord> Ended,
    bool Confirmed
);

/// <param name="Left">How many there still are.</param>
public sealed record EndedRecord(string What, long Left);
