using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Access;
using Bascule.Simulators.Secrets;

namespace Bascule.Simulators.Azure.Entra;

/// <summary>
/// A strict stand-in for one Entra tenant: client credentials with a federated assertion (<c>v2-oauth2-client-creds-grant-flow</c>, third case), discovery, keys, and
/// a managed identity's endpoint. Assumed, as no page says it: only RS256 is taken, and an application without any credential is refused with AADSTS70021.
/// </summary>
public sealed class EntraDirectory : SimulatedService
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);

    /// <summary>Resources that tokens may be asked for; the double slash is what ArmClient makes of an audience with a trailing one.</summary>
    private static readonly string[] Resources =
    [
        "https://management.azure.com",
        "https://management.core.windows.net",
        "https://vault.azure.net",
        "https://storage.azure.com",
    ];

    private readonly Dictionary<string, EntraApplication> _applications = [];
    private readonly EntraTokens _tokens;

    internal EntraDirectory(LoopbackAuthority authority, TimeProvider time)
        : base(authority, time) => _tokens = new EntraTokens(Tenant, time);

    public string Tenant { get; } = Guid.NewGuid().ToString();

    /// <summary>Whose tokens the managed identity's endpoint gives out; null when the machine has no identity.</summary>
    public EntraApplication? ManagedIdentity { get; set; }

    /// <summary>All access tokens that were ever given out: what nobody may ever say.</summary>
    public IEnumerable<string> Issued => _tokens.Issued;

    internal EntraTokens Tokens => _tokens;

    public EntraApplication AddApplication()
    {
        var application = new EntraApplication();
        lock (_applications)
            _applications[application.ClientId] = application;
        return application;
    }

    /// <summary>A token as the endpoint would give it, without asking.</summary>
    /// <param name="lifetime">An hour when not said; negative for one that has ended.</param>
    public string Issue(
        EntraApplication application,
        string resource = "https://management.azure.com",
        TimeSpan? lifetime = null
    ) => _tokens.Issue(application, resource, lifetime ?? Lifetime);

    /// <summary>Access tokens so far are refused.</summary>
    public void EndTokens() => _tokens.EndAll();

    internal Task StartAsync(CancellationToken cancellationToken) => ListenAsync(cancellationToken);

    private protected override async Task<ServiceAnswer> AnswerAsync(
        ServiceRequest request,
        CancellationToken cancellationToken
    ) =>
        (request.Method, request.Path) switch
        {
            ("POST", var path) when path == $"/{Tenant}/oauth2/v2.0/token" => await GrantAsync(
                request.Form(),
                cancellationToken
            ),
            ("GET", var path) when path == $"/{Tenant}/v2.0/.well-known/openid-configuration" => ServiceAnswer.Json(
                200,
                Configuration()
            ),
            ("GET", var path) when path == $"/{Tenant}/discovery/v2.0/keys" => ServiceAnswer.Json(
                200,
                EntraTokens.Keys()
            ),
            ("GET", "/common/discovery/instance") => ServiceAnswer.Json(200, Instance()),
            ("GET", "/metadata/identity/oauth2/token") => Identity(request),
            (_, var path) when path.EndsWith("/oauth2/v2.0/token", StringComparison.Ordinal) => EntraRefusal.Of(
                400,
                "invalid_request",
                90002,
                "Tenant not found, or the method is not POST."
            ),
            _ => new ServiceAnswer(404, "404 page not found", "text/plain"),
        };

    private async Task<ServiceAnswer> GrantAsync(Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        if (EntraRefusal.Form(form, scope => Audience(scope) is not null) is { } wrong)
            return wrong;
        if (Find(form.GetValueOrDefault("client_id")) is not { } application)
            return EntraRefusal.UnknownClient();
        if (EntraRefusal.Assertion(form) is { } absent)
            return absent;
        var assertion = form.GetValueOrDefault("client_assertion") ?? "";
        return await JudgeAsync(application, assertion, cancellationToken)
            ?? Granted(application, Audience(form["scope"])!);
    }

    private async Task<ServiceAnswer?> JudgeAsync(
        EntraApplication application,
        string assertion,
        CancellationToken cancellationToken
    )
    {
        if (SubjectToken.Parse(assertion) is not { Algorithm: "RS256" } token)
            return EntraRefusal.Of(401, "invalid_client", 50027, "The assertion is no JSON Web Token signed by RS256.");
        var (credential, refusal) = CredentialMatch.Find(application.Credentials, token);
        if (credential is null)
            return refusal;
        var trusted = new TrustedIssuer(
            credential.Issuer,
            credential.Audience,
            credential.Subject,
            Jwks: credential.Jwks
        );
        return await JudgeAsync(assertion, trusted, cancellationToken) switch
        {
            null => null,
            TokenFault.Keys => EntraRefusal.Of(
                400,
                "invalid_request",
                90061,
                "Request to External OIDC endpoint failed."
            ),
            var fault => EntraRefusal.Of(fault.Value),
        };
    }

    private ServiceAnswer Granted(EntraApplication application, string audience) =>
        ServiceAnswer.Json(
            200,
            new JsonObject
            {
                ["token_type"] = "Bearer",
                ["expires_in"] = (long)Lifetime.TotalSeconds - 1,
                ["ext_expires_in"] = (long)Lifetime.TotalSeconds - 1,
                ["access_token"] = _tokens.Issue(application, audience, Lifetime),
            }
        );

    private ServiceAnswer Identity(ServiceRequest request)
    {
        var query = request.Http.Query;
        if (request.Header("Metadata") != "true" || query["api-version"] != "2018-02-01")
            return Unidentified("Required metadata header or api-version not specified");
        if (ManagedIdentity is not { } own || query["client_id"] is [{ } asked] && asked != own.ClientId)
            return Unidentified("Identity not found");
        if (Audience(query["resource"] + "/.default") is not { } audience)
            return Unidentified("The resource is unknown");
        var end = Time.GetUtcNow() + Lifetime;
        return ServiceAnswer.Json(
            200,
            new JsonObject
            {
                ["access_token"] = _tokens.Issue(own, audience, Lifetime),
                ["client_id"] = own.ClientId,
                ["expires_in"] = "3600",
                ["expires_on"] = $"{end.ToUnixTimeSeconds()}",
                ["resource"] = query["resource"].ToString(),
                ["token_type"] = "Bearer",
            }
        );
    }

    private static ServiceAnswer Unidentified(string words) =>
        ServiceAnswer.Json(400, new JsonObject { ["error"] = "invalid_request", ["error_description"] = words });

    private EntraApplication? Find(string? clientId)
    {
        lock (_applications)
            return _applications.GetValueOrDefault(clientId ?? "");
    }

    /// <summary>The token's <c>aud</c>; null when the resource is unknown or the scope is not all of it.</summary>
    private static string? Audience(string scope)
    {
        const string all = "/.default";
        var resource = scope.EndsWith(all, StringComparison.Ordinal) ? scope[..^all.Length] : "";
        return Resources.Contains(resource.EndsWith('/') ? resource[..^1] : resource) ? resource : null;
    }

    private JsonObject Configuration() =>
        new()
        {
            ["issuer"] = $"{Url.AbsoluteUri}{Tenant}/v2.0",
            ["token_endpoint"] = $"{Url.AbsoluteUri}{Tenant}/oauth2/v2.0/token",
            ["authorization_endpoint"] = $"{Url.AbsoluteUri}{Tenant}/oauth2/v2.0/authorize",
            ["jwks_uri"] = $"{Url.AbsoluteUri}{Tenant}/discovery/v2.0/keys",
            ["token_endpoint_auth_methods_supported"] = new JsonArray("private_key_jwt"),
        };

    private JsonObject Instance() =>
        new()
        {
            ["tenant_discovery_endpoint"] = $"{Url.AbsoluteUri}{Tenant}/v2.0/.well-known/openid-configuration",
            ["api-version"] = "1.1",
            ["metadata"] = new JsonArray(
                new JsonObject
                {
                    ["preferred_network"] = Url.Authority,
                    ["preferred_cache"] = Url.Authority,
                    ["aliases"] = new JsonArray(Url.Authority),
                }
            ),
        };
}
