using Bascule.Core.Identity;

namespace Bascule.Core.People;

/// <summary>What kind of thing acts. Only a human can satisfy an approval (THREATS T154).</summary>
public enum ActorType
{
    Human,
    Workload,
    Agent,
}

/// <summary>Who asks: proven by a session, by a verified token, or by the local token of the machine.</summary>
/// <param name="Uid">A pseudonym that stays: <c>p-…</c> for a person; <c>operator</c> for who holds the local token.</param>
public sealed record Actor(ActorType Type, string Uid)
{
    /// <summary>Null for the local operator, who is known by the machine and not by an issuer.</summary>
    public Subject? Subject { get; init; }

    /// <summary>For pages and messages; never compared.</summary>
    public string Name { get; init; } = Uid;

    /// <summary>As the issuer said when they last signed in.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>A role that the settings do not name: see <see cref="Person.Granted"/>.</summary>
    public Role? Granted { get; init; }

    /// <summary>When they proved who they are, for acts that ask for a fresh sign-in; null when nobody can tell.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>On whose behalf, as audit entries spell it.</summary>
    public string AuditName =>
        Subject is null ? Uid
        : Type == ActorType.Workload ? $"workload:{Uid}"
        : $"person:{Uid}";

    /// <summary>Whoever holds the local token on Bascule's own machine: an operator, and no person. May not approve.</summary>
    public static Actor LocalOperator { get; } = new(ActorType.Human, "operator");

    /// <summary>Whoever opens the console on Bascule's own machine while nobody can sign in: reads runs, deliveries and forges.</summary>
    public static Actor LocalReader { get; } = new(ActorType.Workload, "local-reader");
}
