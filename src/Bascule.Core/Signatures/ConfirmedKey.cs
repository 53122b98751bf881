using Bascule.Core.Work;

namespace Bascule.Core.Signatures;

/// <summary>
/// A key of a linked account that its person has confirmed at Bascule. What a forge lists beside it counts for nothing: whoever controls the forge could have
/// added it (THREATS T144).
/// </summary>
/// <param name="ForgeUid">Whose repositories it proves commits of.</param>
/// <param name="AccountId">The forge's numeric id of the account that holds it.</param>
public sealed record ConfirmedKey(SigningKey Key, string ForgeUid, long AccountId, string PersonUid, DateTimeOffset At);

/// <summary>Keys that people have confirmed.</summary>
public interface IConfirmedKeys
{
    /// <summary>All of a forge, by fingerprint.</summary>
    Task<IReadOnlyList<ConfirmedKey>> ListAsync(string forgeUid, CancellationToken cancellationToken);

    /// <summary>Those of one person, by forge and fingerprint.</summary>
    Task<IReadOnlyList<ConfirmedKey>> ReadAsync(string personUid, CancellationToken cancellationToken);
}

/// <summary>Conflict when somebody else has confirmed it there, or the account is not linked to that person. It is gone when the link is.</summary>
public sealed record ConfirmKey(ConfirmedKey Key) : Change;

/// <summary>NotFound when that person has not confirmed it.</summary>
public sealed record ForgetKey(string ForgeUid, string Fingerprint, string PersonUid) : Change;
