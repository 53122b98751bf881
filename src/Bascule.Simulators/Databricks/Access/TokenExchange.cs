using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Databricks.Access;

/// <summary><c>POST /oidc/v1/token</c>: an external JWT becomes a short access token (RFC 8693); refusals as RFC 6749 section 5.2.</summary>
internal sealed class TokenExchange(
    Principals principals,
    AccessTokens tokens,
    IssuerKeys keys,
    string accountId,
    TimeProvider time
)
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string JwtType = "urn:ietf:params:oauth:token-type:jwt";
    private const string Scope = "all-apis";
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan ClockLeeway = TimeSpan.FromSeconds(30);
    private static readonly HashSet<string> Known =
    [
        "grant_type",
        "subject_token",
        "subject_token_type",
        "scope",
        "client_id",
    ];

    public async Task<ApiReply> ExchangeAsync(
        IFormCollection form,
        bool hasAuthorization,
        CancellationToken cancellationToken
    )
    {
        if (FormFault(form, hasAuthorization) is { } refusal)
            return refusal;
        if (principals.Find(form["client_id"].ToString()) is not { } principal)
            return Refuse(401, "invalid_client", "client_id names no service principal of this account.");
        if (SubjectToken.Parse(form["subject_token"].ToString()) is not { } token)
            return Grants("subject_token is not a JWT signed with RS256 or ES256.");
        if (TimeFault(token) is { } timeFault)
            return Grants(timeFault);
        var policy = principals.PoliciesOf(principal.Id).FirstOrDefault(p => Mismatch(p, token) is null);
        if (policy is null)
            return Grants(Explain(principal, token));
        return await VerifyAsync(policy, token, cancellationToken) ?? Granted(principal, token);
    }

    private static ApiReply? FormFault(IFormCollection form, bool hasAuthorization)
    {
        if (hasAuthorization)
            return Refuse(401, "invalid_client", "Client authentication is not part of a token exchange.");
        foreach (var (name, values) in form)
            if (!Known.Contains(name) || values.Count != 1)
                return Refuse(400, "invalid_request", $"Parameter '{name}' is unknown or repeated.");
        foreach (var name in Known)
            if (form[name].ToString().Length == 0)
                return Refuse(400, "invalid_request", $"Parameter '{name}' is missing.");
        if (form["grant_type"] != Grant)
            return Refuse(400, "unsupported_grant_type", "Only token exchange is served.");
        if (form["subject_token_type"] != JwtType)
            return Refuse(400, "invalid_request", $"subject_token_type must be {JwtType}.");
        return form["scope"] == Scope ? null : Refuse(400, "invalid_scope", $"scope must be {Scope}.");
    }

    private string? TimeFault(SubjectToken token)
    {
        var now = time.GetUtcNow();
        if (token.Instant("exp") is not { } expires)
            return "subject_token has no exp.";
        if (expires <= now)
            return "subject_token is expired.";
        if (token.Has("nbf") && !(token.Instant("nbf") <= now + ClockLeeway))
            return "subject_token is not valid yet.";
        return token.Has("iat") && !(token.Instant("iat") <= now + ClockLeeway)
            ? "subject_token was issued in the future."
            : null;
    }

    private string? Mismatch(FederationPolicy policy, SubjectToken token)
    {
        if (token.Text("iss") != policy.Issuer)
            return $"issuer '{token.Text("iss")}'";
        if (token.Text(policy.SubjectClaim) != policy.Subject)
            return $"subject '{token.Text(policy.SubjectClaim)}'";
        var accepted = policy.Audiences.Count == 0 ? [accountId] : policy.Audiences;
        return token.Audiences().Intersect(accepted).Any() ? null : $"audience '{string.Join(' ', token.Audiences())}'";
    }

    private string Explain(ServicePrincipal principal, SubjectToken token)
    {
        var faults = principals.PoliciesOf(principal.Id).Select(p => Mismatch(p, token)).ToList();
        return faults.Count == 0
            ? "The service principal has no federation policy."
            : $"No federation policy matches: {string.Join("; ", faults)}.";
    }

    private async Task<ApiReply?> VerifyAsync(
        FederationPolicy policy,
        SubjectToken token,
        CancellationToken cancellationToken
    )
    {
        var found = await keys.FindAsync(policy, cancellationToken);
        if (found.Fault is { } fault)
            return Grants(fault);
        var named = found.Keys.Where(k =>
            k.Algorithm == token.Algorithm && (token.KeyId is null || k.Id == token.KeyId)
        );
        return named.Any(k => k.Verifies(token.Signed, token.Signature))
            ? null
            : Grants("The signature of subject_token does not verify with the issuer's keys.");
    }

    private ApiReply Granted(ServicePrincipal principal, SubjectToken token)
    {
        var remaining = token.Instant("exp")!.Value - time.GetUtcNow();
        var lifetime = TimeSpan.FromSeconds(
            double.Floor(double.Min(remaining.TotalSeconds, LongestLifetime.TotalSeconds))
        );
        return ApiReply.Ok(
            new JsonObject
            {
                ["access_token"] = tokens.Issue(new Caller(principal.ApplicationId, IsAdmin: false), lifetime),
                ["token_type"] = "Bearer",
                ["expires_in"] = (long)lifetime.TotalSeconds,
                ["scope"] = Scope,
            }
        );
    }

    private static ApiReply Grants(string description) => Refuse(400, "invalid_grant", description);

    private static ApiReply Refuse(int status, string error, string description) =>
        new(status, new JsonObject { ["error"] = error, ["error_description"] = description });
}
