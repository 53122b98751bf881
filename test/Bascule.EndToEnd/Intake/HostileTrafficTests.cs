using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Bascule.Core.Runs;
using Bascule.Simulators;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Intake;

/// <summary>A real <c>bascule serve</c> that is sent what no forge sends: it stays up, small, and true to what it has acknowledged.</summary>
public sealed class HostileTrafficTests : IAsyncLifetime
{
    private const int MiB = 1024 * 1024;
    private BasculeStage _stage = null!;
    private StageRepository _repository = null!;
    private ForgeDelivery _captured = null!;

    public async Task InitializeAsync()
    {
        _stage = await BasculeStage.SetAsync();
        await _stage.StartBinaryAsync();
        _repository = await _stage.CreateConnectedRepositoryAsync("churn");
        await _stage.WaitForRunAsync(await _repository.PushChangeAsync("first"));
        _captured = _stage.Forge.Deliveries[^1];
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    [Trait("Threat", "T13")]
    public async Task CutsABodyOfFiveGibibytesAtTheLimit()
    {
        var before = ResidentBytes();

        var answers = new List<string>();
        for (var i = 0; i < 20; i++)
            answers.Add(await SendEndlessBodyAsync());

        answers.ShouldAllBe(answer => answer.StartsWith("HTTP/1.1 413", StringComparison.Ordinal));
        // A two-hundredth of what is offered. When the runtime gives back what it has read up to the limit is its own affair.
        (ResidentBytes() - before).ShouldBeLessThan(500L * MiB);
        await StillWorksAsync();
    }

    [Fact]
    [Trait("Threat", "T14")]
    public async Task RefusesSignedNonsenseInWords()
    {
        using var post = new HookPost(_stage);
        var secret = _stage.Forge.Hooks(_repository.Forge)[0].Secret;
        string[] bodies =
        [
            "",
            "null",
            "[]",
            "{}",
            "{\"ref\":null,\"repository\":null}",
            _captured.Body.Replace("\"commits\": [", "\"commits\": {\"x\": [", StringComparison.Ordinal),
            _captured.Body[..(_captured.Body.Length / 2)],
            new string('[', 100_000),
            "{\"ref\":\"" + new string('x', MiB) + "\"}",
        ];

        foreach (var body in bodies)
        {
            using var answer = await post.SignAsync(_captured, body, secret);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body.Length > 50 ? body[..50] : body);
            (await answer.Content.ReadAsStringAsync()).Trim().ShouldNotBeEmpty();
        }

        await StillWorksAsync();
    }

    [Fact]
    public async Task SurvivesAFloodOfHeadersAndHalfRequests()
    {
        var path = new Uri(_captured.Url).AbsolutePath;
        var flood = new StringBuilder($"POST {path} HTTP/1.1\r\nHost: x\r\n");
        for (var i = 0; i < 5000; i++)
            flood.Append(CultureInfo.InvariantCulture, $"X-Gitea-Signature: {i}\r\n");

        (await SendRawAsync(flood.Append("\r\n").ToString())).ShouldStartWith("HTTP/1.1 431");
        (await SendRawAsync($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).ShouldStartWith(
            "HTTP/1.1 40"
        );
        (await SendRawAsync("\0\0\0\r\n\r\n")).ShouldStartWith("HTTP/1.1 400");
        (
            await SendRawAsync(
                $"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nhello\r\n0\r\n\r\n"
            )
        ).ShouldStartWith("HTTP/1.1 400");

        await StillWorksAsync();
    }

    private async Task StillWorksAsync()
    {
        var run = await _stage.WaitForRunAsync(await _repository.PushChangeAsync(Guid.NewGuid().ToString("N")));
        run.Run.State.ShouldBe(RunState.Succeeded);
        _stage.Written.ShouldNotContain("Unhandled exception");
    }

    /// <summary>Announces nothing, sends chunks until it is told to stop, and returns what it was told.</summary>
    [SuppressMessage("Reliability", "CA2025", Justification = "It is awaited before the stream is disposed.")]
    private async Task<string> SendEndlessBodyAsync()
    {
        var head =
            $"POST {new Uri(_captured.Url).AbsolutePath} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        await using var stream = await ConnectAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        var chunk = Encoding.ASCII.GetBytes("100000\r\n" + new string('x', MiB) + "\r\n");
        var answer = ReadAsync(stream);
        try
        {
            for (var sent = 0L; sent < 5L * 1024 * MiB && !answer.IsCompleted; sent += MiB)
                await stream.WriteAsync(chunk);
        }
        catch (IOException)
        {
            // Hung up on, as it should be; what it said before is in the answer.
        }
        return await answer;
    }

    private async Task<string> SendRawAsync(string text)
    {
        await using var stream = await ConnectAsync();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (IOException)
        {
            // It answers before it has read everything.
        }
        return await ReadAsync(stream);
    }

    private static async Task<string> ReadAsync(SslStream stream)
    {
        var buffer = new byte[4096];
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            return Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer, limit.Token));
        }
        catch (IOException broken)
        {
            return broken.Message;
        }
    }

    private async Task<SslStream> ConnectAsync()
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, new Uri(_captured.Url).Port);
        var stream = new SslStream(tcp.GetStream());
        var options = LoopbackAuthority.Trusting(_stage.CaPem);
        options.TargetHost = "127.0.0.1";
        await stream.AuthenticateAsClientAsync(options);
        return stream;
    }

    private long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{_stage.ProcessId}/status")
            .First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            * 1024;
    }
}
