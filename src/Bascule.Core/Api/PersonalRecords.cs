using Bascule.Core.People;

namespace Bascule.Core.Api;

/// <summary>Somebody of whom nothing is known any more but their pseudonym.</summary>
/// <param name="Again">They were erased before; nothing was done now.</param>
public sealed record ErasedRecord(string Person, DateTimeOffset ErasedAt, bool Again);

/// <summary>A legal hold: what is known of the person is kept.</summary>
/// <param name="PlacedBy">As the audit log names them.</param>
public sealed record LegalHoldRecord(string Person, string Because, string PlacedBy, DateTimeOffset PlacedAt)
{
    public static LegalHoldRecord Of(LegalHold hold) => new(hold.PersonUid, hold.Reason, hold.PlacedBy, hold.PlacedAt);
}

/// <summary>Whom an entry of the audit log says that a pseudonym stands for.</summary>
public sealed record PersonalRecord
{
    /// <summary>The pseudonym.</summary>
    public required string Person { get; init; }

    /// <summary><c>read</c>; <c>erased</c>: there is no key any more; <c>damaged</c>: it was changed, or belongs to another entry; <c>differs</c>: the list of people now names somebody else.</summary>
    public required string Standing { get; init; }
    public string? Issuer { get; init; }
    public string? Subject { get; init; }
    public string? Name { get; init; }
    public string? Email { get; init; }

    /// <summary>The forge whose account it is about, by its uid.</summary>
    public string? Forge { get; init; }
    public string? Login { get; init; }
}
