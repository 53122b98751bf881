using Bascule.Core.Text;

namespace Bascule.Core.Identity.Tokens;

/// <summary>
/// A token whose signature, issuer, time, audience and kind have been checked. There is no other way to get one than through that check, and no identity from
/// outside without one (THREATS T36).
/// </summary>
public sealed class VerifiedToken
{
    private const int MaxDisplay = 100;
    private readonly byte[] _signedInput;

    private VerifiedToken(CompactToken token, TrustedIssuer issuer, TokenExpectation expected)
    {
        _signedInput = token.SignedInput;
        Claims = new TokenClaims(token.Payload);
        Kind = expected.Kind;
        Issuer = issuer;
        KeyId = token.Header.KeyId;
        Audiences = AudienceRule.Read(Claims)!;
        IssuedAt = Time("iat")!.Value;
        ExpiresAt = Time("exp")!.Value;
        AuthenticatedAt = Time("auth_time");
        FindSubject = Claims.Text("sub") is { } sub ? new Subject(issuer.Url.Text, sub) : null;
    }

    public TokenKind Kind { get; }

    public TrustedIssuer Issuer { get; }

    public TokenClaims Claims { get; }

    /// <summary>Whom the token speaks of.</summary>
    /// <exception cref="InvalidOperationException">A logout token may name a session alone; every other kind names a subject.</exception>
    public Subject Subject =>
        FindSubject ?? throw new InvalidOperationException("this logout token names a session, not a subject");

    /// <summary>Null only for a logout token that names a session alone.</summary>
    public Subject? FindSubject { get; }

    public IReadOnlyList<string> Audiences { get; }

    public DateTimeOffset IssuedAt { get; }

    /// <summary>As the issuer says, without the skew that is allowed.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>When the person proved who they are (<c>auth_time</c>), where the issuer says so.</summary>
    public DateTimeOffset? AuthenticatedAt { get; }

    /// <summary>The key that signed it, for the audit log.</summary>
    public string? KeyId { get; }

    /// <summary>The <c>jti</c>.</summary>
    public string? Id => Claims.Text("jti");

    /// <summary>The session at the issuer (<c>sid</c>), by which a logout token may name it.</summary>
    public string? SessionId => Claims.Text("sid");

    /// <summary>The client that it was issued to: <c>azp</c>, else <c>client_id</c>.</summary>
    public string? Client => Claims.Text("azp") ?? Claims.Text("client_id");

    /// <summary>The claim <c>groups</c>; empty when there is none. What an issuer calls otherwise is read from <see cref="Claims"/>.</summary>
    public IReadOnlyList<string> Groups => Claims.Texts("groups") ?? [];

    /// <summary>What to call the person on a page: never a key, never compared (THREATS T39). Made fit for one line.</summary>
    public string Display =>
        PlainText.Line(
            Claims.Text("name")
                ?? Claims.Text("preferred_username")
                ?? Claims.Text("email")
                ?? FindSubject?.Id
                ?? SessionId,
            MaxDisplay
        );

    /// <summary>What is remembered of it where it may be used once (THREATS T31).</summary>
    /// <param name="purpose">What it is used for: a token good for one thing twice is two uses.</param>
    public TokenUse UseFor(string purpose) => TokenUse.Of(purpose, Issuer.Url.Text, Id, _signedInput, ExpiresAt);

    internal static Result<VerifiedToken> Verify(
        CompactToken token,
        TrustedIssuer issuer,
        TokenKey key,
        TokenExpectation expected,
        DateTimeOffset now
    )
    {
        var by = issuer.Url.Text;
        if (TokenAlgorithm.Find(token.Header.Algorithm) is not { } algorithm || !issuer.Algorithms.Contains(algorithm))
            return TokenProblem.Refused(by, "its algorithm is not one that is accepted from this issuer");
        if (!key.Verifies(token.SignedInput, token.Signature, algorithm))
            return TokenProblem.Refused(by, "its signature is wrong");
        return TokenRules.Fault(token, issuer, expected, now) is { } fault
            ? TokenProblem.Refused(by, fault)
            : new VerifiedToken(token, issuer, expected);
    }

    private DateTimeOffset? Time(string claim) =>
        Claims.Number(claim) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
