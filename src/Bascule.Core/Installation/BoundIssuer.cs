using Bascule.Core.Work;

namespace Bascule.Core.Installation;

/// <summary>
/// An issuer that the settings named at some start. Whoever writes the settings alone lets nobody in: a new issuer counts once an administrator, who came in
/// through another one, has confirmed it (THREATS T145).
/// </summary>
/// <param name="Url">As the settings write it.</param>
/// <param name="ConfirmedBy">As the audit log names them; null for the first issuers of an installation, when there was nobody to ask.</param>
public sealed record BoundIssuer(
    string Url,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset? ConfirmedAt,
    string? ConfirmedBy
)
{
    public bool IsConfirmed => ConfirmedAt is not null;
}

/// <summary>NotFound for an issuer that no settings ever named, Conflict for one that is confirmed.</summary>
public sealed record ConfirmIssuer(string Url, string By, DateTimeOffset At) : Change;
