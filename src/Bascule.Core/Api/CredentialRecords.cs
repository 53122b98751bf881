using System.Text.Json.Serialization;

namespace Bascule.Core.Api;

/// <summary>What Bascule shows each forge of the settings.</summary>
public sealed record CredentialList(IReadOnlyList<CredentialRecord> Credentials);

/// <summary>The credential of a forge; never the secret.</summary>
public sealed record CredentialRecord
{
    public required string Forge { get; init; }
    public required string Kind { get; init; }

    /// <summary><c>sealed</c> in the database, from the <c>settings</c>, or <c>none</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Whose it is; null where the forge was asked and did not say.</summary>
    public string? Account { get; init; }
    public long? AccountId { get; init; }

    /// <summary>Short and keyed: tells two apart and leads to neither.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Since when it is sealed.</summary>
    public DateTimeOffset? Since { get; init; }
    public DateTimeOffset? RotatedAt { get; init; }
    public DateTimeOffset? NextRotationAt { get; init; }

    /// <summary>How far a rotation has come: resting, begun, made, switched. Null for one that is not sealed.</summary>
    public string? Step { get; init; }

    /// <summary>A rotation was asked for and has not come to its end.</summary>
    public bool Asked { get; init; }

    /// <summary>Until when the former one stays good.</summary>
    public DateTimeOffset? FormerUntil { get; init; }
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>Why the last attempt failed, with the remedy.</summary>
    public string? Failure { get; init; }
}

/// <param name="Secret">A token, or with <paramref name="Account"/> its password.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SealAct(string Secret, string? Account = null)
{
    /// <summary>A record would print it.</summary>
    public override string ToString() => "***";
}
