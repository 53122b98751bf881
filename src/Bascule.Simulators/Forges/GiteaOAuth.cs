using System.Net;
using System.Security.Cryptography;
using System.Text;
using Bascule.Simulators.Forges.Shapes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Bascule.Simulators.Forges;

/// <summary>
/// Gitea as an OAuth2 provider, as its documentation says and version 1.15.11 answers: the pages to sign in and to agree, and the token endpoint. Stricter in one
/// thing: whoever asks must use PKCE with S256.
/// </summary>
internal sealed class GiteaOAuth(ForgeEngine engine)
{
    private const string SessionCookie = "i_like_gitea";
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);
    private readonly Lock _gate = new();
    private readonly List<ForgeOAuthApplication> _applications = [];
    private readonly Dictionary<string, Grant> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    public ForgeOAuthApplication Add(string name, IReadOnlyList<string> redirects)
    {
        var made = new ForgeOAuthApplication(Guid.NewGuid().ToString(), Token(), name, redirects);
        lock (_gate)
        {
            _applications.Add(made);
        }

        return made;
    }

    /// <summary>The answer to somebody who is signed in and agrees.</summary>
    public Uri Agree(ForgeUser user, Uri address) =>
        Read(address.Query) is { } asked
            ? asked.Answer(Issue(user, asked))
            : throw new ForgeRefusedException(400, "the request for authorization is not one that Gitea takes");

    public Task HandleAsync(HttpContext context, string body)
    {
        var isPost = HttpMethods.IsPost(context.Request.Method);
        return (context.Request.Path.Value, isPost) switch
        {
            ("/user/login", false) => PageAsync(context, "Sign in", "user_name", "password"),
            ("/user/login", true) => LoginAsync(context, QueryHelpers.ParseQuery(body)),
            ("/login/oauth/authorize", false) => AuthorizeAsync(context),
            ("/login/oauth/grant", true) => GrantAsync(context, QueryHelpers.ParseQuery(body)),
            ("/login/oauth/access_token", true) => RedeemAsync(context, body),
            _ => StatusAsync(context, 404),
        };
    }

    private async Task LoginAsync(HttpContext context, Dictionary<string, StringValues> form)
    {
        var session = SessionOf(context);
        var user = engine.World.FindByPassword(form["user_name"].ToString(), form["password"].ToString());
        if (user is null || form["_csrf"] != session.FormToken)
        {
            await PageAsync(context, "Sign in", "user_name", "password");
            return;
        }

        session.User = user;
        var back = context.Request.Cookies["redirect_to"];
        context.Response.Redirect(string.IsNullOrEmpty(back) ? "/" : Uri.UnescapeDataString(back));
    }

    private async Task AuthorizeAsync(HttpContext context)
    {
        var session = SessionOf(context);
        if (session.User is null)
        {
            var here = Uri.EscapeDataString($"{context.Request.Path}{context.Request.QueryString}");
            context.Response.Headers.Append("Set-Cookie", $"redirect_to={here}; Path=/; HttpOnly; SameSite=Lax");
            context.Response.Redirect("/user/login");
        }
        else if (Read(context.Request.QueryString.Value ?? "") is not { } asked)
        {
            await StatusAsync(context, 400);
        }
        else
        {
            session.Asked = asked;
            await PageAsync(context, $"Authorize {asked.Application.Name}");
        }
    }

    private Task GrantAsync(HttpContext context, Dictionary<string, StringValues> form)
    {
        var session = SessionOf(context);
        if (session is not { User: { } user, Asked: { } asked } || form["_csrf"] != session.FormToken)
        {
            return StatusAsync(context, 400);
        }

        session.Asked = null;
        context.Response.Redirect(asked.Answer(Issue(user, asked)).AbsoluteUri);
        return Task.CompletedTask;
    }

    /// <summary>A code is over after its first use, whether or not that was good.</summary>
    private Task RedeemAsync(HttpContext context, string body)
    {
        var form = QueryHelpers.ParseQuery(body);
        if (form["grant_type"] != "authorization_code")
        {
            return RefuseAsync(
                context,
                "unsupported_grant_type",
                "Only refresh_token or authorization_code grant type is supported"
            );
        }

        var (id, secret) = Client(context.Request, form);
        lock (_gate)
        {
            var application = _applications.Find(one => one.ClientId == id);
            if (application is null)
            {
                return RefuseAsync(context, "invalid_client", $"cannot load client with client id: '{id}'");
            }

            if (
                application.ClientSecret != secret
                || !_codes.Remove(form["code"].ToString(), out var grant)
                || grant.Asked.Application != application
                || grant.Asked.Redirect != form["redirect_uri"]
                || grant.Until < engine.World.Now
                || grant.Asked.Challenge != Challenge(form["code_verifier"].ToString())
            )
            {
                return RefuseAsync(context, "unauthorized_client", "client is not authorized");
            }

            var token = engine.AddToken(grant.User, "oauth2", null).Sha1;
            var answer = GoJson.Object(
                ("access_token", token),
                ("token_type", "bearer"),
                ("expires_in", 3600),
                ("refresh_token", Token())
            );
            return JsonAsync(context, 200, answer.ToJsonString());
        }
    }

    private string Issue(ForgeUser user, Asked asked)
    {
        var code = Token();
        lock (_gate)
        {
            _codes.Add(code, new Grant(user, asked, engine.World.Now + CodeLifetime));
        }

        return code;
    }

    /// <summary>Null for what gets no page: an unknown client, another way back, no PKCE.</summary>
    private Asked? Read(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        lock (_gate)
        {
            var application = _applications.Find(one => one.ClientId == values["client_id"]);
            var redirect = values["redirect_uri"].ToString();
            return
                application is not null
                && application.Redirects.Contains(redirect)
                && values["response_type"] == "code"
                && values["code_challenge_method"] == "S256"
                && values["code_challenge"].ToString() is { Length: 43 } challenge
                ? new Asked(application, redirect, values["state"].ToString(), challenge)
                : null;
        }
    }

    private Session SessionOf(HttpContext context)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(context.Request.Cookies[SessionCookie] ?? "", out var known))
            {
                return known;
            }

            var session = new Session();
            _sessions.Add(session.Id, session);
            context.Response.Headers.Append(
                "Set-Cookie",
                $"{SessionCookie}={session.Id}; Path=/; HttpOnly; SameSite=Lax"
            );
            return session;
        }
    }

    private Task PageAsync(HttpContext context, string title, params string[] fields)
    {
        var session = SessionOf(context);
        var name = WebUtility.HtmlEncode(title);
        var inputs = string.Concat(fields.Select(field => $"<input name=\"{field}\">"));
        var action = fields.Length == 0 ? "/login/oauth/grant" : "/user/login";
        context.Response.ContentType = "text/html; charset=UTF-8";
        return context.Response.WriteAsync(
            $"<!DOCTYPE html>\n<html><head><title>{name}</title></head><body><form method=\"post\" action=\"{action}\">"
                + $"<input type=\"hidden\" name=\"_csrf\" value=\"{session.FormToken}\">{inputs}<button>{name}</button></form></body></html>\n",
            context.RequestAborted
        );
    }

    /// <summary>In the form, or as Basic.</summary>
    private static (string Id, string Secret) Client(HttpRequest request, Dictionary<string, StringValues> form)
    {
        var header = request.Headers.Authorization.ToString();
        if (form.ContainsKey("client_id") || !header.StartsWith("Basic ", StringComparison.Ordinal))
        {
            return (form["client_id"].ToString(), form["client_secret"].ToString());
        }

        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(header[6..])).Split(':', 2);
        return (pair[0], pair[^1]);
    }

    private static string Challenge(string verifier) =>
        WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private static Task RefuseAsync(HttpContext context, string error, string description) =>
        JsonAsync(context, 400, GoJson.Object(("error", error), ("error_description", description)).ToJsonString());

    private static Task JsonAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json;charset=utf-8";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }

    private static Task StatusAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static string Token() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    private sealed record Asked(ForgeOAuthApplication Application, string Redirect, string State, string Challenge)
    {
        public Uri Answer(string code) =>
            new(
                QueryHelpers.AddQueryString(
                    Redirect,
                    new Dictionary<string, string?> { ["code"] = code, ["state"] = State }
                )
            );
    }

    private sealed record Grant(ForgeUser User, Asked Asked, DateTimeOffset Until);

    private sealed class Session
    {
        public string Id { get; } = Token();
        public string FormToken { get; } = Token();
        public ForgeUser? User { get; set; }
        public Asked? Asked { get; set; }
    }
}

/// <summary>An application that people of the simulated forge may let act for them.</summary>
public sealed record ForgeOAuthApplication(
    string ClientId,
    string ClientSecret,
    string Name,
    IReadOnlyList<string> Redirects
);
