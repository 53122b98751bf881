using System.Net;
using Bascule.Cli.Features.Git;
using Bascule.Client;
using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>What no request that really comes in can show, because it listens on loopback alone: the rule behind that.</summary>
public sealed class AskpassServerTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:9102", true)]
    [InlineData("::1", "[::1]:9102", true)]
    [InlineData("10.1.2.3", "127.0.0.1:9102", false)]
    [InlineData("::ffff:10.1.2.3", "127.0.0.1:9102", false)]
    [InlineData(null, "127.0.0.1:9102", false)]
    [InlineData("127.0.0.1", "127.0.0.1:9103", false)]
    [InlineData("127.0.0.1", "pod.example.com:9102", false)]
    [Trait("Threat", "T94")]
    public void OnlyThePodIsAnsweredAndOnlyByItsOwnAddress(string? from, string host, bool isAnswered)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = from is null ? null : IPAddress.Parse(from);
        context.Connection.LocalPort = 9102;
        context.Request.Method = "GET";
        context.Request.Path = "/askpass";
        context.Request.Host = new HostString(host);

        (AskpassServer.FaultOf(context)?.Status).ShouldBe(isAnswered ? null : StatusCodes.Status403Forbidden);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("10.1.2.3")]
    [Trait("Threat", "T94")]
    public async Task ItIsNotOpenedToOthers(string address)
    {
        await using var tokens = new AskpassTokens(new NoTokens(), TimeProvider.System);

        var started = await AskpassServer.StartAsync(new IPEndPoint(IPAddress.Parse(address), 0), tokens, default);

        started.Problem.ShouldNotBeNull().Message.ShouldContain("is not loopback");
    }

    private sealed class NoTokens : IAskpassSource
    {
        public Task<Result<GivenGitToken>> MakeAsync() => throw new InvalidOperationException("nobody asked");

        public Task EndAsync(Secret token, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
