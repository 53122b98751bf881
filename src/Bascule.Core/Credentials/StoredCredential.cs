using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Core.Credentials;

/// <summary>How far the replacement of a credential has come. Whatever step a crash leaves behind, the credential in force is good (THREATS T93).</summary>
public enum CredentialStep
{
    /// <summary>Nothing is under way.</summary>
    Resting,

    /// <summary>What will be made is stored; whether the forge has it already is not known.</summary>
    Begun,

    /// <summary>The forge has made it; nobody uses it yet.</summary>
    Made,

    /// <summary>It was read back and is in force; the former one is still to be ended.</summary>
    Switched,
}

/// <summary>The credential of one forge as the database has it: sealed by the master key, and what of it is no secret.</summary>
/// <param name="Account">Whose it is; the number is compared, the name is for people.</param>
/// <param name="Sealed">What is in force.</param>
/// <param name="Fingerprint">Short and keyed: tells two apart and leads to neither.</param>
public sealed record StoredCredential(string ForgeUid, ForgeAccount Account, byte[] Sealed, string Fingerprint)
{
    /// <summary>Raised by every change; 0 for one that is not stored yet.</summary>
    public long Revision { get; init; }

    /// <summary>When somebody sealed it.</summary>
    public required DateTimeOffset SealedAt { get; init; }

    /// <summary>When Bascule last replaced it.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    public CredentialStep Step { get; init; }

    /// <summary>Sealed: what is to be in force next. Null when nothing is under way.</summary>
    public byte[]? Next { get; init; }

    /// <summary>Sealed: what was in force before and is to be ended.</summary>
    public byte[]? Former { get; init; }

    /// <summary>Until when the former one stays good for what is under way.</summary>
    public DateTimeOffset? FormerUntil { get; init; }

    /// <summary>When somebody asked for a rotation that has not come to its end yet.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>The last attempt failed: when, and why.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    public string? Failure { get; init; }
}

/// <summary>The sealed credentials, shared by all replicas.</summary>
public interface IForgeCredentialStore
{
    /// <summary>Null where nothing is sealed for that forge.</summary>
    Task<StoredCredential?> FindAsync(string forgeUid, CancellationToken cancellationToken);

    /// <summary>By forge.</summary>
    Task<IReadOnlyList<StoredCredential>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>Conflict when it was changed since it was read at <see cref="StoredCredential.Revision"/>, or is there already when that is 0.</summary>
public sealed record SaveForgeCredential(StoredCredential Credential) : Change;
