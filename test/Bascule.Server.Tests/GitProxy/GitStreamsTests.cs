using System.Net;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.GitProxy;
using Bascule.Testing.Exchange;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.GitProxy;

public sealed class GitStreamsTests : IDisposable
{
    private readonly FakeGitPasses _passes = new();
    private readonly GitStreams _streams;

    public GitStreamsTests()
    {
        var options = new GitProxyOptions
        {
            ViewFolder = "/nowhere",
            MaxPerHolder = 2,
            MaxPerAddress = 3,
        };
        _streams = new GitStreams(options, TimeProvider.System, NullLogger<GitStreams>.Instance, _passes);
    }

    public void Dispose() => _streams.Dispose();

    [Fact]
    [Trait("Threat", "T91")]
    [Trait("Threat", "T45")]
    public async Task CutsWhatWasRevokedAndLeavesTheOthers()
    {
        var (revoked, good) = (Give(), Give());
        var (first, second) = (Request(), Request());
        using var ended = _streams.Open(first, _passes[revoked]).Value;
        using var other = _streams.Open(second, _passes[good]).Value;

        await _streams.LookAsync(default);
        first.RequestAborted.IsCancellationRequested.ShouldBeFalse();
        _passes.Revoke(revoked);
        await _streams.LookAsync(default);

        first.RequestAborted.IsCancellationRequested.ShouldBeTrue();
        second.RequestAborted.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T91")]
    public async Task CutsWhatHasExpired()
    {
        var token = Give();
        var request = Request();
        var pass = _passes[token] with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-1) };
        using var stream = _streams.Open(request, pass).Value;

        await _streams.LookAsync(default);

        request.RequestAborted.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    [Trait("Threat", "T91")]
    public async Task CutsWhenItCannotBeTold()
    {
        var broken = new GitStreams(
            new GitProxyOptions { ViewFolder = "/nowhere" },
            TimeProvider.System,
            NullLogger<GitStreams>.Instance,
            new BrokenPasses()
        );
        var request = Request();
        using var stream = broken.Open(request, _passes[Give()]).Value;

        await broken.LookAsync(default);

        request.RequestAborted.IsCancellationRequested.ShouldBeTrue();
        broken.Dispose();
    }

    [Fact]
    [Trait("Threat", "T95")]
    public void LetsOneHolderHaveSoManyAtOnce()
    {
        var (one, other) = (_passes[Give()], _passes[Give()]);
        var first = _streams.Open(Request(), one).Value;
        _streams.Open(Request(), one).Problem.ShouldBeNull();

        _streams.Open(Request(), one).Problem!.Code.ShouldBe(ProblemCode.Limited);
        _streams.Open(Request(), other).Problem.ShouldBeNull();
        first.Dispose();
        _streams.Open(Request(), one).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T95")]
    public void LetsOneAddressHaveSoManyAtOnce()
    {
        for (var count = 0; count < 3; count++)
            _streams.Open(Request(), _passes[Give()]).Problem.ShouldBeNull();

        _streams.Open(Request(), _passes[Give()]).Problem!.Code.ShouldBe(ProblemCode.Limited);
        _streams.Open(Request("192.0.2.2"), _passes[Give()]).Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Threat", "T95")]
    public void LetsOneBeginSoManyInAMinute(bool byAddress)
    {
        var options = new GitProxyOptions
        {
            ViewFolder = "/nowhere",
            MostPerMinuteOfAddress = byAddress ? 2 : null,
            MostPerMinuteOfHolder = byAddress ? null : 2,
        };
        using var streams = new GitStreams(options, TimeProvider.System, NullLogger<GitStreams>.Instance, _passes);
        var (one, other) = (_passes[Give()], _passes[Give()]);
        for (var count = 0; count < 2; count++)
            streams.Open(Request(), one).Value.Dispose();

        streams.Open(Request(), one).Problem!.RetryAfter.ShouldNotBeNull();
        (streams.Open(Request(), other).Problem is null).ShouldBe(!byAddress);
        streams.Open(Request("192.0.2.2"), other).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T95")]
    public void AnAddressThatIsFullCostsTheHolderNoPlace()
    {
        for (var count = 0; count < 3; count++)
            _streams.Open(Request(), _passes[Give()]).Problem.ShouldBeNull();
        var holder = _passes[Give()];
        for (var count = 0; count < 5; count++)
            _streams.Open(Request(), holder).Problem!.Code.ShouldBe(ProblemCode.Limited);

        _streams.Open(Request("192.0.2.2"), holder).Problem.ShouldBeNull();
    }

    private string Give() => _passes.Give(new RepositoryKey("forge1", 7), GitVerb.Fetch);

    private static DefaultHttpContext Request(string address = "192.0.2.1")
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(new Lifetime());
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return context;
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        private readonly CancellationTokenSource _source = new();

        public Lifetime() => RequestAborted = _source.Token;

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => _source.Cancel();
    }

    private sealed class BrokenPasses : IGitPasses
    {
        public Task<Result<GitPass>> FindAsync(Secret token, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("broken");

        public Task<bool> IsGoodAsync(GitPass pass, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("broken");
    }
}
