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

    /// <summary>How many bytes of a pack are sent before the answer hangs; null for all.</summary>
    public int? StallAfter { get; set; }

    /// <summary>Counts answers that hang.</summary>
    public SemaphoreSlim Stalled { get; } = new(0);

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

    private async Task ServeAsync(HttpContext context, string folder, bool get)
    {
        using var asked = new MemoryStream();
        await Body(context.Request).CopyToAsync(asked);
        string[] form = get ? ["--http-backend-info-refs"] : [];
        using var git = TestGit.Start(
            folder,
            ["upload-pack", "--stateless-rpc", .. form, folder],
            context.Request.Headers["Git-Protocol"]
        );
        if (get)
            await context.Response.Body.WriteAsync("001e# service=git-upload-pack\n0000"u8.ToArray());
        await git.StandardInput.BaseStream.WriteAsync(asked.ToArray());
        git.StandardInput.Close();
        using var answer = new MemoryStream();
        await git.StandardOutput.BaseStream.CopyToAsync(answer);
        await git.WaitForExitAsync();
        var isFetch = Encoding.ASCII.GetString(asked.ToArray()).Contains("command=fetch", StringComparison.Ordinal);
        var sent = isFetch && StallAfter is { } most ? Math.Min(most, (int)answer.Length) : (int)answer.Length;
        await context.Response.Body.WriteAsync(answer.GetBuffer().AsMemory(0, sent));
        if (sent < answer.Length)
            await HangAsync(context);
    }

    private async Task HangAsync(HttpContext context)
    {
        await context.Response.Body.FlushAsync();
        Stalled.Release();
        var gone = new TaskCompletionSource();
        await using var ending = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    private static Stream Body(HttpRequest request) =>
        request.Headers.ContentEncoding == "gzip"
            ? new System.IO.Compression.GZipStream(request.Body, System.IO.Compression.CompressionMode.Decompress)
            : request.Body;
}
