using System.Net;
using Bascule.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bascule.Cli.Features.Git;

/// <summary>
/// One address on loopback in the form that git-sync reads: <c>username=</c> and <c>password=</c>, a line each. Whoever is not in the same pod does not reach it;
/// what comes in by a browser or a relay within it is refused (THREATS T94).
/// </summary>
internal sealed class AskpassServer : IAsyncDisposable
{
    private const string Place = "/askpass";
    private const int MostConnections = 16;
    private static readonly TimeSpan SlowestHeaders = TimeSpan.FromSeconds(5);

    /// <summary>git-sync sends none of them: a page in a browser, or something that passes requests on, does.</summary>
    private static readonly string[] Telltales = ["Origin", "Sec-Fetch-Site", "Forwarded", "X-Forwarded-For", "Via"];

    private readonly WebApplication _app;

    private AskpassServer(WebApplication app) => _app = app;

    /// <summary>With the port that was really taken.</summary>
    public Uri Address =>
        new(
            new Uri(
                _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
            ),
            Place
        );

    /// <param name="listen">On loopback.</param>
    public static async Task<Result<AskpassServer>> StartAsync(
        IPEndPoint listen,
        AskpassTokens tokens,
        CancellationToken cancellationToken
    )
    {
        if (!IPAddress.IsLoopback(listen.Address))
            return Problem.Invalid($"{listen} is not loopback");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = 0;
                kestrel.Limits.MaxConcurrentConnections = MostConnections;
                kestrel.Limits.RequestHeadersTimeout = SlowestHeaders;
                kestrel.Listen(listen);
            });
        var app = builder.Build();
        app.Run(context => AnswerAsync(context, tokens));
        try
        {
            await app.StartAsync(cancellationToken);
            return new AskpassServer(app);
        }
        catch (IOException taken)
        {
            await app.DisposeAsync();
            return Problem.Conflict($"cannot listen on {listen}: {taken.Message}");
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, AskpassTokens tokens)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (FaultOf(context) is var (status, fault))
        {
            await SayAsync(context, status, fault);
            return;
        }
        var token = await tokens.TakeAsync(context.RequestAborted);
        if (token.Failed(out var problem))
        {
            OutputFeature.Say($"bascule: {problem.Message}");
            await SayAsync(context, StatusCodes.Status503ServiceUnavailable, problem.Message);
            return;
        }
        await SayAsync(context, StatusCodes.Status200OK, $"username=bascule\npassword={token.Value.Reveal()}");
    }

    /// <summary>Null for a question that is answered.</summary>
    internal static (int Status, string Fault)? FaultOf(HttpContext context)
    {
        var request = context.Request;
        var port = context.Connection.LocalPort;
        if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote))
            return (StatusCodes.Status403Forbidden, "this is for the same pod");
        if (!new[] { $"127.0.0.1:{port}", $"localhost:{port}", $"[::1]:{port}" }.Contains(request.Host.Value))
            return (StatusCodes.Status403Forbidden, "ask by the address of loopback");
        if (Telltales.Any(request.Headers.ContainsKey))
            return (StatusCodes.Status403Forbidden, "this is for git-sync, and for no browser and no proxy");
        if (request.Path != Place || request.QueryString.HasValue)
            return (StatusCodes.Status404NotFound, $"there is {Place} here and nothing else");
        return HttpMethods.IsGet(request.Method) || HttpMethods.IsPost(request.Method)
            ? null
            : (StatusCodes.Status405MethodNotAllowed, "GET or POST");
    }

    private static Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
