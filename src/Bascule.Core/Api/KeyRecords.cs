using System.Text.Json.Serialization;

namespace Bascule.Core.Api;

/// <summary>The keys of one person's linked accounts.</summary>
/// <param name="Unread">Why some account could not be looked at.</param>
public sealed record AccountKeyList(IReadOnlyList<AccountKeyRecord> Keys, IReadOnlyList<string> Unread);

/// <param name="Forge">The connection's name.</param>
/// <param name="Account">Empty when no account shows the key now.</param>
/// <param name="Kind">ssh or openpgp.</param>
public sealed record AccountKeyRecord(string Forge, string Account, string Kind, string Fingerprint)
{
    public string Title { get; init; } = "";

    /// <summary>Null for a key that the forge shows and nobody has confirmed.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>Its signature proves a commit.</summary>
    public bool Counts { get; init; }

    /// <summary>Why it does not count; null when it does.</summary>
    public string? Because { get; init; }
}

/// <param name="Key">For a key of OpenPGP: the key itself, in ASCII armour.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyAct(string Fingerprint, string? Key = null);
