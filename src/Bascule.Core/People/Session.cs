using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Work;

namespace Bascule.Core.People;

/// <summary>Where a session is used. A token of one kind is never good for the other (THREATS T43).</summary>
public enum SessionKind
{
    /// <summary>In a cookie, <c>bsc_c_…</c>.</summary>
    Browser,

    /// <summary>As a bearer token, <c>bsc_s_…</c>.</summary>
    CommandLine,
}

/// <summary>The token of a session: 256 random bits, of which the database holds a digest.</summary>
public sealed record SessionToken
{
    /// <summary>Begins what a cookie holds; never taken as a bearer token.</summary>
    public const string CookiePrefix = "bsc_c_";

    /// <summary>Begins what the command line sends as Authorization: Bearer; never taken from a cookie.</summary>
    public const string BearerPrefix = "bsc_s_";

    private const int Digits = 64;

    private SessionToken(SessionKind kind, string text) => (Kind, Text) = (kind, new Secret(text));

    public SessionKind Kind { get; }

    /// <summary>As it is shown.</summary>
    public Secret Text { get; }

    /// <summary>SHA-256 over kind and token, in lower-case hex: the same bits of the other kind have another one.</summary>
    public string Digest =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Kind}:{Text.Reveal()}")));

    public static SessionToken Make(SessionKind kind) =>
        new(kind, Prefix(kind) + RandomNumberGenerator.GetHexString(Digits, lowercase: true));

    /// <summary>Null for what is no token of that kind.</summary>
    public static SessionToken? Read(SessionKind kind, string? text) =>
        text is not null
        && text.StartsWith(Prefix(kind), StringComparison.Ordinal)
        && text.AsSpan(Prefix(kind).Length) is var rest
        && rest.Length == Digits
        && rest.IndexOfAnyExcept("0123456789abcdef") < 0
            ? new SessionToken(kind, text)
            : null;

    /// <summary>Of the kind that its prefix says; null for what is no token.</summary>
    public static SessionToken? Read(string? text) =>
        Read(SessionKind.Browser, text) ?? Read(SessionKind.CommandLine, text);

    private static string Prefix(SessionKind kind) => kind == SessionKind.CommandLine ? BearerPrefix : CookiePrefix;
}

/// <summary>Somebody is signed in.</summary>
/// <param name="Uid">A name for it that is no secret, <c>s-…</c>.</param>
/// <param name="Digest">See <see cref="SessionToken.Digest"/>.</param>
public sealed record Session(string Uid, string Digest, SessionKind Kind, string PersonUid)
{
    /// <summary>The provider's address, as its tokens say it.</summary>
    public required string Issuer { get; init; }

    /// <summary>The session at the provider (<c>sid</c>), by which it can end this one.</summary>
    public string? IssuerSession { get; init; }

    /// <summary>When the person proved who they are; null when the provider does not say.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>To the minute.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>Whatever happens, it is over then.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The sessions of everybody, shared by all replicas.</summary>
public interface ISessionStore
{
    /// <summary>As it is stored, whether or not it has expired.</summary>
    Task<Session?> FindAsync(string digest, CancellationToken cancellationToken);

    /// <summary>Of one person, newest first.</summary>
    Task<IReadOnlyList<Session>> ListAsync(string personUid, CancellationToken cancellationToken);

    /// <summary>Those that an issuer began for a session of its own.</summary>
    Task<IReadOnlyList<Session>> ListAsync(string issuer, string issuerSession, CancellationToken cancellationToken);
}

public sealed record AddSession(Session Session) : Change;

/// <summary>Does nothing to a session that has ended.</summary>
public sealed record NoteSessionSeen(string Digest, DateTimeOffset At) : Change;

/// <summary>Does nothing when it has ended already.</summary>
public sealed record EndSession(string Digest) : Change;

/// <summary>Every session of a person, on all their devices.</summary>
public sealed record EndSessionsOf(string PersonUid) : Change;

public sealed record ForgetSessions(DateTimeOffset Before, int Limit) : Change;
