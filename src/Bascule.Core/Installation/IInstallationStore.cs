using Bascule.Core.Work;

namespace Bascule.Core.Installation;

/// <summary>What makes this installation itself: random uids for the names in its settings, its epoch, its sealed keys.</summary>
public interface IInstallationStore
{
    /// <summary>Raised by every restore; part of every idempotency key.</summary>
    Task<long> ReadEpochAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The forge's uid, made when the name is first seen. Conflict when the name was bound to another address: pointing a name at another
    /// server would hand it the old one's grants.
    /// </summary>
    Task<Result<string>> BindForgeAsync(string name, Uri url, CancellationToken cancellationToken);

    /// <summary>The environment's uid, made when the name is first seen; it is the <c>sub</c> of what Bascule signs for it.</summary>
    Task<string> BindEnvironmentAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Notes the issuers that the settings name, and answers those that no settings named before. Where none was ever noted they count as confirmed: whoever
    /// sets Bascule up has nobody to ask.
    /// </summary>
    Task<IReadOnlyList<BoundIssuer>> BindIssuersAsync(
        IReadOnlyCollection<string> urls,
        CancellationToken cancellationToken
    );

    /// <summary>Every issuer that was ever noted, oldest first.</summary>
    Task<IReadOnlyList<BoundIssuer>> ListIssuersAsync(CancellationToken cancellationToken);

    /// <summary>
    /// A random name for a forge account in the audit log, made when it is first seen, so that erasing a person later leaves the log as it is.
    /// </summary>
    Task<string> PseudonymOfAsync(string forgeUid, long accountId, CancellationToken cancellationToken);

    /// <summary>Remembers the first check value that it is given, and answers that one ever after.</summary>
    Task<string> BindMasterKeyAsync(string check, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<SigningKey>> ListSigningKeysAsync(CancellationToken cancellationToken);

    /// <summary>Why this installation acts on nothing for now; null when it acts.</summary>
    Task<Hold?> ReadHoldAsync(CancellationToken cancellationToken);

    /// <summary>From now on it acts. Conflict when it did already.</summary>
    Task<Result<Done>> ReleaseAsync(CancellationToken cancellationToken);
}

/// <summary>
/// An installation that was restored from a backup, or moved elsewhere, takes deliveries and shows what it knows, and waits for an operator before it does
/// anything: its original may still be at work (THREATS T146).
/// </summary>
/// <param name="Because">A clause that people read: "it was restored from …".</param>
public sealed record Hold(DateTimeOffset Since, string Because);

/// <param name="Id">The <c>kid</c>.</param>
/// <param name="SealedPrivateKey">PKCS #8, sealed with the master key.</param>
/// <param name="PublishedAt">When the key was seen at Bascule's own public address; it signs only after that.</param>
public sealed record SigningKey(
    string Id,
    byte[] SealedPrivateKey,
    DateTimeOffset CreatedAt,
    DateTimeOffset? PublishedAt
);

public sealed record SaveSigningKey(SigningKey Key) : Change;

/// <summary>
/// Ends an epoch whose history is not what others were shown: from the next entry on it is another one, and nothing is done until an operator says so.
/// Conflict when another epoch has begun already.
/// </summary>
/// <param name="Epoch">The one that ends.</param>
/// <param name="Because">As <see cref="Hold"/> tells it.</param>
public sealed record BeginEpoch(long Epoch, string Because, DateTimeOffset At) : Change;
