namespace Bascule.Core.Api;

/// <summary>Oldest first.</summary>
public sealed record IssuerList(IReadOnlyList<IssuerRecord> Issuers);

/// <param name="Configured">Whether the settings name it now.</param>
/// <param name="ConfirmedAt">Null while it counts for nothing.</param>
/// <param name="ConfirmedBy">As the audit log names them; null for the first issuers of an installation.</param>
public sealed record IssuerRecord(
    string Issuer,
    bool Configured,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset? ConfirmedAt,
    string? ConfirmedBy
);
