using System.Security.Cryptography;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Work;

namespace Bascule.Core.Exchange;

/// <summary>A token for git as the database has it: what it opens, and no way to get the token.</summary>
/// <param name="Uid">A name for it that is no secret, <c>t-…</c>.</param>
/// <param name="Digest">See <see cref="GitToken.Digest"/>.</param>
/// <param name="HolderUid">The person or workload that it was given to.</param>
public sealed record StoredPass(string Uid, string Digest, string HolderUid, RepositoryKey Repository)
{
    private const int UidDigits = 20;

    public required IReadOnlySet<GitVerb> Verbs { get; init; }

    public required RefPatterns Refs { get; init; }

    /// <summary>The name of the trust policy that allowed it.</summary>
    public required string Policy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The session that it was given to; null for what was exchanged for a token from outside.</summary>
    public string? SessionUid { get; init; }

    /// <summary>Whether that session is over: somebody signed out. What the store finds when it reads, and never stores.</summary>
    public bool IsSessionOver { get; init; }

    public static string NewUid() => "t-" + RandomNumberGenerator.GetHexString(UidDigits, lowercase: true);

    public bool IsGood(DateTimeOffset now) => RevokedAt is null && !IsSessionOver && now < ExpiresAt;

    /// <summary>What it opens, for who holds it.</summary>
    public GitPass OpenFor(Person holder) =>
        new(Uid, holder.ToActor(authenticatedAt: null), Repository, Verbs, Refs, Policy, ExpiresAt);
}

/// <summary>The tokens for git of everybody, shared by all replicas.</summary>
public interface IGitPassStore
{
    /// <summary>As it is stored, whether or not it is still good.</summary>
    Task<StoredPass?> FindAsync(string digest, CancellationToken cancellationToken);

    /// <summary>By the name that is no secret.</summary>
    Task<StoredPass?> FindByUidAsync(string uid, CancellationToken cancellationToken);

    /// <summary>Those that are good at that moment, newest first.</summary>
    /// <param name="holderUid">Null for everybody's.</param>
    Task<IReadOnlyList<StoredPass>> ListAsync(
        string? holderUid,
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Those for deploy refs that expire after that moment, revoked ones among them, newest first.</summary>
    Task<IReadOnlyList<StoredPass>> ListFollowersAsync(
        DateTimeOffset after,
        int limit,
        CancellationToken cancellationToken
    );
}

/// <summary>Denied when the holder is retired, or unknown: in one transaction with a retirement it comes before or after, never in between (THREATS T45).</summary>
public sealed record AddGitPass(StoredPass Pass) : Change;

/// <summary>Does nothing to one that was revoked before, or is not there.</summary>
public sealed record RevokeGitPass(string Uid, DateTimeOffset At) : Change;

/// <summary>Every one of somebody's.</summary>
public sealed record RevokeGitPassesOf(string HolderUid, DateTimeOffset At) : Change;

public sealed record ForgetGitPasses(DateTimeOffset Before, int Limit) : Change;
