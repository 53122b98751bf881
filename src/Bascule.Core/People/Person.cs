using System.Security.Cryptography;
using Bascule.Core.Identity;
using Bascule.Core.Work;

namespace Bascule.Core.People;

/// <summary>Somebody who has signed in: one subject of one issuer, never an e-mail address (THREATS T39).</summary>
/// <param name="Uid">A random pseudonym, <c>p-…</c>, under which the audit log speaks of them.</param>
public sealed record Person(string Uid, Subject Subject)
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int UidLength = 16;

    /// <summary>The issuer of who is erased; their subject is a keyed digest. No issuer's address is like it.</summary>
    public const string ErasedIssuer = "erased";

    /// <summary>The name of who is erased.</summary>
    public const string ErasedName = "(erased)";

    /// <summary>What to call them; from the last sign-in.</summary>
    public required string Name { get; init; }

    /// <summary>For display only.</summary>
    public string? Email { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    public ActorType Type { get; init; } = ActorType.Human;

    public required DateTimeOffset FirstSeenAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>Since when nothing is let in for them any more; null for who may come in. Signing in again does not undo it.</summary>
    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>A role beside those that the settings give: that of the first administrator. Signing in does not change it.</summary>
    public Role? Granted { get; init; }

    /// <summary>Since when nothing is known of them any more but their uid.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Null where what is known of them may be erased. Saving somebody does not change it.</summary>
    public LegalHold? LegalHold { get; init; }

    public bool IsRetired => RetiredAt is not null;

    /// <summary>A pseudonym nobody can guess or choose: 80 random bits in lower-case base 32 (RFC 4648, section 6).</summary>
    public static string NewUid() => "p-" + RandomNumberGenerator.GetString(Alphabet, UidLength);

    /// <summary>The same for what is nobody: a job, a service.</summary>
    public static string NewWorkloadUid() => "w-" + RandomNumberGenerator.GetString(Alphabet, UidLength);

    /// <summary>As who they act, once a session has proven that it is them.</summary>
    /// <param name="authenticatedAt">When they last proved it to their issuer.</param>
    public Actor ToActor(DateTimeOffset? authenticatedAt) =>
        new(Type, Uid)
        {
            Subject = Subject,
            Name = Name,
            Groups = Groups,
            AuthenticatedAt = authenticatedAt,
            Granted = Granted,
        };
}

/// <summary>An account at a forge that a person has proven to be theirs.</summary>
/// <param name="AccountId">The forge's numeric id: a name may be given to somebody else (THREATS T40).</param>
/// <param name="Login">The name when it was linked; display only.</param>
/// <param name="Proof">How it was proven: <c>oauth2</c>, <c>posted code</c>.</param>
public sealed record ForgeLink(
    string ForgeUid,
    long AccountId,
    string Login,
    string PersonUid,
    string Proof,
    DateTimeOffset At
);

/// <summary>The people known here and the accounts they have proven.</summary>
public interface IPeopleStore
{
    Task<Person?> FindAsync(string uid, CancellationToken cancellationToken);

    Task<Person?> FindAsync(Subject subject, CancellationToken cancellationToken);

    /// <summary>Who came in by the link of the first administrator; null when nobody did, or when they are retired.</summary>
    Task<Person?> FindFirstAdminAsync(CancellationToken cancellationToken);

    /// <summary>By name, retired ones last. Workloads are not among them.</summary>
    Task<IReadOnlyList<Person>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Those of these uids that are known, in any order; workloads and retired ones too.</summary>
    Task<IReadOnlyList<Person>> ListAsync(IReadOnlyCollection<string> uids, CancellationToken cancellationToken);

    Task<IReadOnlyList<ForgeLink>> ReadLinksAsync(string personUid, CancellationToken cancellationToken);

    /// <summary>Whose account this is; null when nobody has proven it.</summary>
    Task<ForgeLink?> FindLinkAsync(string forgeUid, long accountId, CancellationToken cancellationToken);
}

/// <summary>
/// Stores who signed in, or what the last sign-in told of them. Never clears <see cref="Person.RetiredAt"/>. A subject that is known keeps its uid: read it
/// back by subject. Once somebody has signed in they stay a person: saving them as a workload changes nothing.
/// </summary>
public sealed record SavePerson(Person Person) : Change;

/// <summary>Makes somebody the first administrator. Conflict when somebody is already and is not retired.</summary>
public sealed record GrantFirstAdmin(string Uid) : Change;

/// <summary>From now on nothing is let in for them. NotFound when nobody has that uid; the time of an earlier retirement stays.</summary>
public sealed record RetirePerson(string Uid, DateTimeOffset At) : Change;

/// <summary>Conflict when somebody else has proven the account. Denied when the person is retired, or unknown.</summary>
public sealed record SaveForgeLink(ForgeLink Link) : Change;

/// <summary>NotFound when the account is not linked to that person.</summary>
public sealed record RemoveForgeLink(string ForgeUid, long AccountId, string PersonUid) : Change;
