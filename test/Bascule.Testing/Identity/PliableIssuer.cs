using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Testing.Identity;

/// <summary>
/// A provider on loopback that says what a test wants it to say, for what no honest provider would. Strict itself: PKCE, redirect address, client secret and the
/// one use of a code are checked. Whoever comes is signed in at once as <see cref="Person"/>.
/// </summary>
public sealed class PliableIssuer : IAsyncDisposable
{
    public const string Client = "bascule web";
    public const string Secret = "s3cret+/=";
    public const string CliClient = "bascule-cli";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _codes = new();
    private TokenMint _mint = null!;
    private int _number;

    private PliableIssuer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Url { get; private set; } = "";

    /// <summary>The <c>sub</c> of whoever signs in.</summary>
    public string Person { get; set; } = "u-1";

    /// <summary>Changes the claims of the next id tokens.</summary>
    public Action<JsonObject> Change { get; set; } = _ => { };

    /// <summary>Changes what goes back with the browser.</summary>
    public Action<Dictionary<string, string?>> Return { get; set; } = _ => { };

    /// <summary>What the userinfo endpoint says.</summary>
    public Func<JsonObject> User { get; set; } = () => [];

    /// <summary>As Microsoft Graph, page by page; the last one is given for ever.</summary>
    public IReadOnlyList<JsonObject> Members { get; set; } = [];

    /// <summary>What the device flow answers before it gives tokens, e.g. <c>authorization_pending</c>.</summary>
    public Queue<string> Waits { get; } = new();

    /// <summary>The last authorization request.</summary>
    public IReadOnlyDictionary<string, string> Asked { get; private set; } = new Dictionary<string, string>();

    /// <summary>Paths that were asked for, in their order.</summary>
    public ConcurrentQueue<string> Paths { get; } = new();

    public static async Task<PliableIssuer> StartAsync(int number = 0)
    {
        var issuer = new PliableIssuer();
        await issuer._app.StartAsync();
        issuer.Url = issuer
            ._app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        issuer._mint = new TokenMint(issuer.Url, number);
        return issuer;
    }

    /// <summary>A token of a job or a service: the claims of people are not in it.</summary>
    public string WorkloadToken(string subject, string audience, Action<JsonObject>? change = null)
    {
        Person = subject;
        Change = claims =>
        {
            foreach (var name in new[] { "groups", "at_hash", "auth_time", "sid", "email", "name" })
                claims.Remove(name);
            change?.Invoke(claims);
        };
        return IdToken(audience);
    }

    /// <summary>Honest again.</summary>
    public void Reset()
    {
        (Person, Change, Return, User, Members) = ("u-1", _ => { }, _ => { }, () => [], []);
        Waits.Clear();
        Paths.Clear();
    }

    /// <summary>An id token, as a device flow gives it.</summary>
    public string IdToken(string client, string? nonce = null, string accessToken = "at")
    {
        var claims = _mint.Claims(DateTimeOffset.UtcNow);
        claims["aud"] = client;
        claims["sub"] = Person;
        claims["jti"] = $"id-{Guid.NewGuid()}";
        claims["name"] = "Ann Example";
        claims["email"] = "ann@example.com";
        claims["groups"] = new JsonArray("ml-leads", "staff");
        claims["sid"] = $"sid-{Person}";
        claims["auth_time"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        claims["at_hash"] = TokenMint.Text(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))[..16]);
        if (nonce is not null)
            claims["nonce"] = nonce;
        Change(claims);
        return _mint.Sign(claims).Reveal();
    }

    public string LogoutToken(Action<JsonObject>? change = null)
    {
        var claims = _mint.Claims(DateTimeOffset.UtcNow);
        claims["aud"] = Client;
        claims["sub"] = Person;
        claims["sid"] = $"sid-{Person}";
        claims["jti"] = $"out-{Guid.NewGuid()}";
        claims["events"] = new JsonObject { ["http://schemas.openid.net/event/backchannel-logout"] = new JsonObject() };
        change?.Invoke(claims);
        return _mint
            .Sign(
                claims,
                new JsonObject
                {
                    ["alg"] = "RS256",
                    ["typ"] = "logout+jwt",
                    ["kid"] = _mint.KeyId,
                }
            )
            .Reveal();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Paths.Enqueue(context.Request.Path);
        var (status, body) = context.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => (200, Discovery()),
            "/keys" => (200, _mint.KeySet),
            "/auth" => SendBack(context),
            "/token" => await GiveAsync(context.Request),
            "/device" => (200, Device()),
            "/userinfo" => (200, User()),
            "/v1.0/me/transitiveMemberOf" => (200, Page(context.Request)),
            _ => (404, []),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (status != 302)
            await context.Response.WriteAsync(body.ToJsonString());
    }

    private JsonObject Discovery() =>
        new()
        {
            ["issuer"] = Url,
            ["jwks_uri"] = $"{Url}/keys",
            ["authorization_endpoint"] = $"{Url}/auth",
            ["token_endpoint"] = $"{Url}/token",
            ["userinfo_endpoint"] = $"{Url}/userinfo",
            ["device_authorization_endpoint"] = $"{Url}/device",
            ["end_session_endpoint"] = $"{Url}/end",
            ["authorization_response_iss_parameter_supported"] = true,
            ["backchannel_logout_supported"] = true,
        };

    private (int, JsonObject) SendBack(HttpContext context)
    {
        Asked = context.Request.Query.ToDictionary(part => part.Key, part => part.Value.ToString());
        var code = $"code-{Interlocked.Increment(ref _number)}";
        _codes[code] = Asked;
        var back = new Dictionary<string, string?>
        {
            ["code"] = code,
            ["state"] = Asked["state"],
            ["iss"] = Url,
        };
        Return(back);
        context.Response.Headers.Location = QueryHelpers.AddQueryString(Asked["redirect_uri"], back);
        return (302, []);
    }

    private async Task<(int, JsonObject)> GiveAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (form["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code")
            return GiveDevice(form["client_id"].ToString());
        var basic = Encoding.UTF8.GetString(
            Convert.FromBase64String(request.Headers.Authorization.ToString()["Basic ".Length..])
        );
        if (basic != $"{WebUtility.UrlEncode(Client)}:{WebUtility.UrlEncode(Secret)}")
            return Refuse("invalid_client");
        if (!_codes.TryRemove(form["code"].ToString(), out var asked))
            return Refuse("invalid_grant");
        var challenge = TokenMint.Text(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        return
            asked.GetValueOrDefault("code_challenge") == challenge
            && asked.GetValueOrDefault("code_challenge_method") == "S256"
            && asked["redirect_uri"] == form["redirect_uri"]
            ? (200, Tokens(Client, asked.GetValueOrDefault("nonce")))
            : Refuse("invalid_grant");
    }

    private (int, JsonObject) GiveDevice(string client) =>
        Waits.TryDequeue(out var wait) ? Refuse(wait) : (200, Tokens(client, nonce: null));

    private JsonObject Tokens(string client, string? nonce) =>
        new()
        {
            ["access_token"] = "at",
            ["token_type"] = "Bearer",
            ["id_token"] = IdToken(client, nonce),
        };

    private JsonObject Device() =>
        new()
        {
            ["device_code"] = "device",
            ["user_code"] = "WDJB-MJHT",
            ["verification_uri"] = $"{Url}/activate",
            ["expires_in"] = 600,
            ["interval"] = 1,
        };

    private JsonObject Page(HttpRequest request) =>
        Members[int.TryParse(request.Query["$skiptoken"], CultureInfo.InvariantCulture, out var page) ? page : 0]
            .DeepClone()
            .AsObject();

    private static (int, JsonObject) Refuse(string error) => (400, new JsonObject { ["error"] = error });
}
