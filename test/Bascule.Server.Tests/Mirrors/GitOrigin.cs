using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Bascule.Simulators;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>A smart-HTTP server over https that a test can make lie, stall and overflow; real git answers what the test does not.</summary>
internal sealed class GitOrigin : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly LoopbackAuthority _authority = new();
    private readonly string _folder;

    private GitOrigin(string folder, bool plain)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        CaFile = Path.Combine(folder, "ca.pem");
        File.WriteAllText(CaFile, _authority.CaPem);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (!plain)
                        listen.UseHttps(_authority.ServerCertificate);
                }
            );
        });
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    public string CaFile { get; }

    public Uri Address { get; private set; } = null!;

    public ConcurrentQueue<(string Request, string? Authorization)> Requests { get; } = new();

    /// <summary>Answers instead of git; false lets git answer.</summary>
    public Func<HttpContext, Task<bool>> Instead { get; set; } = _ => Task.FromResult(false);

    public static async Task<GitOrigin> StartAsync(string folder, bool plain = false)
    {
        var origin = new GitOrigin(folder, plain);
        await origin._application.StartAsync();
        var addresses = origin._application.Services.GetRequiredService<IServer>().Features;
        origin.Address = new Uri(addresses.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
        return origin;
    }

    public Task<OriginRepository> CreateAsync(string name, string format = "sha1") =>
        OriginRepository.CreateAsync(Path.Combine(_folder, name + ".git"), format);

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _authority.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        Requests.Enqueue(($"{request.Method} {request.Path}{request.QueryString}", request.Headers.Authorization));
        if (await Instead(context))
            return;
        var path = request.Path.Value!;
        var get = path.EndsWith("/info/refs", StringComparison.Ordinal);
        var folder = Path.Combine(_folder, path[1..path.LastIndexOf(".git/", StringComparison.Ordinal)] + ".git");
        context.Response.ContentType = $"application/x-git-upload-pack-{(get ? "advertisement" : "result")}";
        await ServeAsync(context, folder, get);
    }

    private static async Task ServeAsync(HttpContext context, string folder, bool get)
    {
        string[] form = get ? ["--http-backend-info-refs"] : [];
        using var git = new System.Diagnostics.Process
        {
            StartInfo = new("git", ["upload-pack", "--stateless-rpc", .. form, folder])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            },
        };
        git.StartInfo.Environment["GIT_PROTOCOL"] = context.Request.Headers["Git-Protocol"];
        git.Start();
        if (get)
            await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes("001e# service=git-upload-pack\n0000"));
        await Body(context.Request).CopyToAsync(git.StandardInput.BaseStream);
        git.StandardInput.Close();
        try
        {
            await git.StandardOutput.BaseStream.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            git.Kill();
        }
        await git.WaitForExitAsync();
    }

    private static Stream Body(HttpRequest request) =>
        request.Headers.ContentEncoding == "gzip"
            ? new System.IO.Compression.GZipStream(request.Body, System.IO.Compression.CompressionMode.Decompress)
            : request.Body;
}
