using Bascule.Simulators.Databricks;
using Bascule.Simulators.Databricks.Access;

namespace Bascule.Simulators.Secrets;

/// <summary>Whose signed tokens a simulated service takes, and what they must say: every part is compared exactly.</summary>
/// <param name="Issuer">Exact <c>iss</c>.</param>
/// <param name="Jwks">The issuer's keys; null to fetch them by its discovery document.</param>
public sealed record TrustedIssuer(string Issuer, string Audience, string Subject, string? Jwks = null);

/// <summary>What is wrong with a token, in words of ours; each service says it in its own.</summary>
public enum TokenFault
{
    Malformed,
    Issuer,
    Keys,
    Signature,
    Expired,
    Audience,
    Subject,
}

/// <summary>Checks JSON Web Tokens of one issuer (RFC 7519): RS256 or ES256 and nothing else.</summary>
internal sealed class TokenCheck(string? caPem, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);
    private readonly IssuerKeys _keys = new(caPem);

    public void Dispose() => _keys.Dispose();

    /// <returns>Null when all is well.</returns>
    public async Task<TokenFault?> JudgeAsync(string text, TrustedIssuer trusted, CancellationToken cancellationToken)
    {
        if (SubjectToken.Parse(text) is not { } token)
            return TokenFault.Malformed;
        if (token.Text("iss") != trusted.Issuer)
            return TokenFault.Issuer;
        var found = await _keys.FindAsync(
            new FederationPolicy(trusted.Issuer, trusted.Subject) { JwksJson = trusted.Jwks },
            cancellationToken
        );
        if (found.Fault is not null)
            return TokenFault.Keys;
        var named = found.Keys.Where(key => key.Algorithm == token.Algorithm && key.Id == token.KeyId);
        if (!named.Any(key => key.Verifies(token.Signed, token.Signature)))
            return TokenFault.Signature;
        var now = time.GetUtcNow();
        if (token.Instant("exp") is not { } end || end <= now || token.Instant("nbf") > now + Leeway)
            return TokenFault.Expired;
        if (token.Audiences() is not [var audience] || audience != trusted.Audience)
            return TokenFault.Audience;
        return token.Text("sub") == trusted.Subject ? null : TokenFault.Subject;
    }
}
