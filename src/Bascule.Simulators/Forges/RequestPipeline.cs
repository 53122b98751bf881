using System.Security.Cryptography;
using System.Text;
using Bascule.Simulators.Forges.Api;
using Bascule.Simulators.Forges.Git;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Forges;

/// <summary>Every request passes here: faults, the record, then git, API or web pages.</summary>
internal sealed class RequestPipeline
{
    /// <summary>Bodies above this are cut in the record; they still reach the forge whole.</summary>
    private const int RecordedBody = 256 * 1024;

    private readonly ForgeEngine _engine;
    private readonly ForgeFaults _faults;
    private readonly Credentials _credentials;
    private readonly SmartHttp _git;
    private readonly LfsServer _lfs;
    private readonly RouteTable _routes = new();
    private readonly WebForms _forms;
    private readonly List<ForgeRequest> _requests = [];

    public RequestPipeline(ForgeEngine engine, ForgeFaults faults)
    {
        _engine = engine;
        _faults = faults;
        _credentials = new Credentials(engine.World, engine.IsGogs);
        _git = new SmartHttp(engine, _credentials);
        _lfs = new LfsServer(engine, _credentials);
        _forms = new WebForms(engine);
        if (engine.IsGogs)
        {
            GogsApi.Map(_routes);
        }
        else
        {
            GiteaApi.Map(_routes);
            OAuth = new GiteaOAuth(engine);
        }
    }

    public LfsServer Lfs => _lfs;

    /// <summary>Null for Gogs.</summary>
    public GiteaOAuth? OAuth { get; }

    public IReadOnlyList<ForgeRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public async Task HandleAsync(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value ?? "/");
        if (_faults.IsOffline)
        {
            context.Abort();
            return;
        }

        context.Response.Headers["X-Simulator"] = "bascule-forge";
        var isGit = SmartHttp.IsGitPath(path) || _lfs.Serves(path);
        var body = isGit ? "" : await ReadAsync(context.Request);
        var rule = _faults.Take(method, path + context.Request.QueryString);
        try
        {
            _faults.OnRequest?.Invoke(method, path, RequestPhase.Before);
            await ActAsync(context, rule, isGit, body);
        }
        catch (Exception e) when (e is not ForgeRefusedException && _faults.OnRequest is not null)
        {
            // A callback that throws stands for a broken connection.
            context.Abort();
        }

        Record(context, body);
    }

    private async Task ActAsync(HttpContext context, ForgeFaults.Rule? rule, bool isGit, string body)
    {
        if (rule is { LosesAnswer: false, Acts: false })
        {
            context.Response.StatusCode = rule.Status!.Value;
            context.Response.Headers.Location = rule.Location;
            return;
        }

        if (rule is null && _faults.OnRequest is null)
        {
            await DispatchAsync(context, isGit, body);
            return;
        }

        // Held back until the forge has acted: only then is it decided what the caller gets to see.
        var wire = context.Response.Body;
        using var held = new MemoryStream();
        context.Response.Body = held;
        await DispatchAsync(context, isGit, body);
        context.Response.Body = wire;
        _faults.OnRequest?.Invoke(context.Request.Method, context.Request.Path.Value ?? "/", RequestPhase.After);
        await AnswerAsync(context, rule, held);
    }

    private static async Task AnswerAsync(HttpContext context, ForgeFaults.Rule? rule, MemoryStream held)
    {
        if (rule is { LosesAnswer: true })
        {
            context.Abort();
            return;
        }

        if (rule is not null)
        {
            context.Response.StatusCode = rule.Status!.Value;
            context.Response.ContentLength = 0;
            return;
        }

        held.Position = 0;
        await held.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task DispatchAsync(HttpContext context, bool isGit, string body)
    {
        var path = context.Request.Path.Value ?? "/";
        if (isGit)
        {
            SetGitCookies(context);
            await (_lfs.Serves(path) ? _lfs.HandleAsync(context) : _git.HandleAsync(context));
        }
        else if (path.StartsWith("/api/v1/", StringComparison.Ordinal))
        {
            SetApiHeaders(context);
            await CallAsync(context, RawPath(context), body);
        }
        else if (OAuth is { } oauth)
        {
            await oauth.HandleAsync(context, body);
        }
        else
        {
            await _forms.HandleAsync(context, body);
        }
    }

    private async Task CallAsync(HttpContext context, string path, string body)
    {
        var found = _routes.Find(context.Request.Method, path);
        var values = found?.Values ?? new Dictionary<string, string>(StringComparer.Ordinal);
        var call = new ApiCall(context, _engine, _credentials, values, body);
        try
        {
            await (found is { } match ? match.Handler(call) : call.NoEndpointAsync());
        }
        catch (ForgeRefusedException refused)
        {
            await call.RefuseAsync(refused.Status, refused.Message);
        }
    }

    /// <summary>As sent: a slash escaped inside a branch name stays escaped.</summary>
    private static string RawPath(HttpContext context)
    {
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        return end < 0 ? target : target[..end];
    }

    private void SetApiHeaders(HttpContext context)
    {
        var cookies = context.Response.Headers;
        if (_engine.IsGogs)
        {
            cookies.Append("Set-Cookie", "lang=en-US; Path=/; Max-Age=2147483647");
            cookies.Append("Set-Cookie", $"i_like_gogs={Hex(8)}; Path=/; HttpOnly");
            cookies.Append("Set-Cookie", $"_csrf={Hex(16)}; Path=/; HttpOnly");
            return;
        }

        cookies.XContentTypeOptions = "nosniff";
        cookies.XFrameOptions = "SAMEORIGIN";
        cookies.Append("Set-Cookie", $"i_like_gitea={Hex(8)}; Path=/; HttpOnly; SameSite=Lax");
        cookies.Append("Set-Cookie", $"_csrf={Hex(16)}; Path=/; HttpOnly; SameSite=Lax");
    }

    private void SetGitCookies(HttpContext context)
    {
        if (_engine.IsGogs)
        {
            context.Response.Headers.SetCookie = $"_csrf={Hex(16)}; Path=/; HttpOnly";
            return;
        }

        context.Response.Headers.XFrameOptions = "SAMEORIGIN";
        context.Response.Headers.SetCookie = "macaron_flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";
    }

    private static string Hex(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));

    private static async Task<string> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
    }

    private void Record(HttpContext context, string body)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var seen = new ForgeRequest(
            context.Request.Method,
            context.Request.Path.Value ?? "/",
            context.Request.QueryString.Value ?? "",
            authorization.Length == 0 ? null : authorization,
            [.. context.Request.Headers.Select(h => KeyValuePair.Create(h.Key, h.Value.ToString()))],
            body.Length > RecordedBody ? body[..RecordedBody] : body,
            context.Response.StatusCode
        );
        lock (_requests)
        {
            _requests.Add(seen);
        }
    }
}
