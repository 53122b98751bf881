using Bascule.Core.Signatures;

namespace Bascule.Core.Forges;

/// <summary>The role of a forge that shows the public keys of its accounts. Whoever controls the forge controls what it shows (THREATS T144).</summary>
public interface IAccountKeys
{
    /// <summary>
    /// The keys of the account, those that no signature counts of included. NotFound when the account is gone, Denied when its name is another account's now.
    /// </summary>
    Task<Result<IReadOnlyList<AccountKey>>> ListKeysAsync(ForgeAccount account, CancellationToken cancellationToken);
}

/// <param name="Title">As the account's owner calls it; for display only.</param>
public sealed record AccountKey(SigningKeyKind Kind, string Fingerprint, string Title)
{
    /// <summary>Of a key of SSH; a forge does not show enough of an OpenPGP key to check signatures by it.</summary>
    public string? Material { get; init; }

    /// <summary>Why no signature of it counts; null where nothing speaks against it.</summary>
    public string? Weakness { get; init; }
}
