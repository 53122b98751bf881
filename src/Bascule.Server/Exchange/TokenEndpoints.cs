using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Configuration;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Exchange;

/// <summary>Exchange (RFC 8693), introspection (RFC 7662) and revocation (RFC 7009) of tokens for git.</summary>
internal static class TokenEndpoints
{
    public const string Token = "/oauth/token";
    public const string Introspect = "/oauth/introspect";
    public const string Revoke = "/oauth/revoke";
    private const string Scheme = "Bearer ";

    public static async Task<IResult> ExchangeAsync(
        HttpContext context,
        ServerSettings settings,
        TokenExchange exchange,
        ExchangeLimits limits,
        TimeProvider time
    )
    {
        var source = SourceOf(context);
        var outcome = await limits.WithinAsync(source, () => AnswerAsync(context, settings, exchange, source));
        return outcome.Given is { } given ? Answer(given, time.GetUtcNow()) : outcome.Error!;
    }

    /// <summary>For whoever holds the token, and for who may see all tokens; everybody else learns nothing (RFC 7662 section 4).</summary>
    public static async Task<IResult> IntrospectAsync(
        HttpContext context,
        ServerSettings settings,
        GitPasses passes,
        RoleRules roles
    )
    {
        var (form, error) = await OAuthForm.ReadAsync(context.Request);
        if (form is null)
            return error!;
        var bearer = Bearer(context.Request);
        var caller = context.FindActor();
        if (caller is null && GitToken.Read(bearer) is null)
            return OAuthError.NoCaller();
        if (form.Find("token") is not { } token)
            return OAuthError.Invalid("token is missing");
        var found = await passes.FindAsync(new Secret(token), context.RequestAborted);
        var isSeen =
            found.Problem is null
            && (
                caller is null
                    ? token == bearer
                    : caller.Uid == found.Value.Holder.Uid
                        || roles.Decide(caller, Act.ReadTokens, Scope.Installation).IsAllowed
            );
        return new OAuthAnswer(isSeen ? Describe(found.Value, settings) : new JsonObject { ["active"] = false });
    }

    /// <summary>Whoever holds a token may end it. The answer is the same for what is none (RFC 7009 section 2.2).</summary>
    public static async Task<IResult> RevokeAsync(HttpContext context, GitPasses passes, TokenRevocation revocation)
    {
        var (form, error) = await OAuthForm.ReadAsync(context.Request);
        if (form is null)
            return error!;
        if (form.Find("token") is not { } token)
            return OAuthError.Invalid("token is missing");
        var found = await passes.FindAsync(new Secret(token), context.RequestAborted);
        if (found.Problem is not null)
            return Results.Ok();
        var revoked = await revocation.RevokeAsync(
            found.Value.Uid,
            found.Value.Holder.AuditName,
            context.RequestAborted
        );
        return revoked.Failed(out var problem) ? OAuthError.Unavailable(problem.RetryAfter) : Results.Ok();
    }

    /// <summary>The address that asks, by which refusals are counted.</summary>
    public static string SourceOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    /// <summary>RFC 8414: what is there, for clients that look.</summary>
    public static JsonObject Metadata(Uri publicUrl)
    {
        var url = publicUrl.OriginalString.TrimEnd('/');
        return new JsonObject
        {
            ["issuer"] = url,
            ["token_endpoint"] = url + Token,
            ["token_endpoint_auth_methods_supported"] = new JsonArray("none"),
            ["grant_types_supported"] = new JsonArray(TokenRequest.Grant),
            ["response_types_supported"] = new JsonArray(),
            ["scopes_supported"] = new JsonArray(GitVerb.Fetch.Scope(), GitVerb.Push.Scope()),
            ["introspection_endpoint"] = url + Introspect,
            ["revocation_endpoint"] = url + Revoke,
            ["revocation_endpoint_auth_methods_supported"] = new JsonArray("none"),
        };
    }

    private static async Task<ExchangeOutcome> AnswerAsync(
        HttpContext context,
        ServerSettings settings,
        TokenExchange exchange,
        string source
    )
    {
        var (form, error) = await OAuthForm.ReadAsync(context.Request);
        if (form is null)
            return ExchangeOutcome.Unknown(error!, "request");
        var (request, fault) = TokenRequest.Read(form, settings.PublicUrl);
        return request is null
            ? ExchangeOutcome.Unknown(fault!, "request")
            : await exchange.ExchangeAsync(request, source, context.RequestAborted);
    }

    /// <summary>RFC 8693 section 2.2.1.</summary>
    private static OAuthAnswer Answer(GivenToken given, DateTimeOffset now) =>
        new(
            new JsonObject
            {
                ["access_token"] = given.Token.Text.Reveal(),
                ["issued_token_type"] = TokenRequest.AccessToken,
                ["token_type"] = "Bearer",
                ["expires_in"] = (long)(given.Pass.ExpiresAt - now).TotalSeconds,
                ["scope"] = GitVerbWords.Scopes(given.Pass.Verbs),
            }
        );

    /// <summary>Of the refs only that there are some: their patterns may name branches.</summary>
    private static JsonObject Describe(GitPass pass, ServerSettings settings) =>
        new()
        {
            ["active"] = true,
            ["scope"] = GitVerbWords.Scopes(pass.Verbs),
            ["token_type"] = "Bearer",
            ["exp"] = pass.ExpiresAt.ToUnixTimeSeconds(),
            ["sub"] = pass.Holder.Uid,
            ["iss"] = settings.PublicUrl.OriginalString.TrimEnd('/'),
            ["jti"] = pass.Uid,
        };

    private static string? Bearer(HttpRequest request) =>
        (string?)request.Headers.Authorization is { } header
        && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;
}
