using Bascule.Connectors.Issuers;
using Bascule.Core;
using Bascule.Testing.Identity;

namespace Bascule.Connectors.Tests.Issuers;

public sealed class IssuerCacheTests : IAsyncLifetime
{
    private static readonly IssuerTimes Times = IssuerTimes.Default;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private IssuerStage _stage = null!;

    public async Task InitializeAsync()
    {
        _stage = await IssuerStage.StartAsync();
        (await _stage.VerifyAsync()).Problem.ShouldBeNull();
        _stage.Issuer.Asked.ShouldBe(1);
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    public async Task KnownKeysCostNoCall()
    {
        _stage.Clock.Advance(Times.Refresh - Moment);
        for (var time = 0; time < 20; time++)
            (await _stage.VerifyAsync()).Problem.ShouldBeNull();

        _stage.Issuer.Asked.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T34")]
    public async Task NamesOfKeysThatNobodyHasDoNotMakeAStorm()
    {
        _stage.Clock.Advance(Times.Pause);
        for (var number = 0; number < 100; number++)
        {
            var problem = (await _stage.VerifyAsync($"random-{number}")).Problem.ShouldNotBeNull();
            problem.Code.ShouldBe(ProblemCode.Unauthenticated);
        }

        _stage.Issuer.Asked.ShouldBe(2);
        (await _stage.VerifyAsync()).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T34")]
    public async Task ANameThatWasAskedForIsNotAskedForAgain()
    {
        _stage.Clock.Advance(Times.Pause);
        await _stage.VerifyAsync("gone");
        _stage.Issuer.Asked.ShouldBe(2);

        _stage.Clock.Advance(Times.UnknownKey - Moment);
        await _stage.VerifyAsync("gone");
        _stage.Issuer.Asked.ShouldBe(2);

        _stage.Clock.Advance(Moment);
        await _stage.VerifyAsync("gone");
        _stage.Issuer.Asked.ShouldBe(3);
    }

    [Fact]
    [Trait("Threat", "T34")]
    public async Task ManyWhoAskAtOnceShareOneCall()
    {
        _stage.Clock.Advance(Times.Pause);
        var gate = new TaskCompletionSource();
        _stage.Issuer.Gate = gate.Task;
        var asking = Enumerable.Range(0, 50).Select(number => _stage.VerifyAsync($"random-{number}")).ToList();
        await Passing(() => _stage.Issuer.Asked == 2);

        // Later than the pause, and still under way: it is joined.
        _stage.Clock.Advance(Times.Pause);
        asking.Add(_stage.VerifyAsync("late"));
        gate.SetResult();

        (await Task.WhenAll(asking)).ShouldAllBe(answer => answer.Problem != null);
        _stage.Issuer.Asked.ShouldBe(2);
    }

    [Fact]
    [Trait("Threat", "T35")]
    public async Task ANewKeyWorksAfterThePause()
    {
        var fresh = Rotate();
        (await _stage.VerifyAsync(fresh)).Problem!.Message.ShouldContain("try again in 10 seconds");

        _stage.Clock.Advance(Times.Pause);

        (await _stage.VerifyAsync(fresh)).Problem.ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T35")]
    public async Task AKeyThatIsNotPublishedAnyMoreStops()
    {
        Rotate();
        _stage.Clock.Advance(Times.Refresh - Moment);
        (await _stage.VerifyAsync()).Problem.ShouldBeNull();

        _stage.Clock.Advance(Times.Refresh + Moment);

        (await _stage.VerifyAsync()).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
    }

    [Fact]
    [Trait("Threat", "T35")]
    public async Task BetweenOnceAndTwiceTheRefreshKeysAreReadWithoutAnybodyWaiting()
    {
        Rotate();
        var gate = new TaskCompletionSource();
        _stage.Issuer.Gate = gate.Task;
        _stage.Clock.Advance(Times.Refresh);

        (await _stage.VerifyAsync()).Problem.ShouldBeNull();

        await Passing(() => _stage.Issuer.Asked == 2);
        gate.SetResult();
        await PassingAsync(async () => (await _stage.VerifyAsync()).Problem is not null);
    }

    [Fact]
    [Trait("Threat", "T35")]
    public async Task WithoutItsIssuerKnownKeysServeUntilTheLimitAndNotBeyond()
    {
        _stage.Issuer.IsDown = true;
        _stage.Clock.Advance(Times.OutageLimit - Moment);
        (await _stage.VerifyAsync()).Problem.ShouldBeNull();

        _stage.Clock.Advance(Moment);

        var problem = (await _stage.VerifyAsync()).Problem.ShouldNotBeNull();
        problem.Code.ShouldBe(ProblemCode.Unavailable);
        _stage.Told.ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T35")]
    public async Task AfterAnOutageItGoesOn()
    {
        _stage.Issuer.IsDown = true;
        _stage.Clock.Advance(Times.OutageLimit);
        (await _stage.VerifyAsync()).Problem.ShouldNotBeNull();
        _stage.Issuer.IsDown = false;
        (await _stage.VerifyAsync()).Problem!.RetryAfter.ShouldBe(Times.Pause);

        _stage.Clock.Advance(Times.Pause);

        (await _stage.VerifyAsync()).Problem.ShouldBeNull();
    }

    /// <summary>Whoever can set the clock back must not be able to prolong the trust in a key.</summary>
    [Fact]
    [Trait("Threat", "T35")]
    [Trait("Threat", "T30")]
    public async Task AClockThatIsSetBackProlongsNothing()
    {
        _stage.Issuer.IsDown = true;
        _stage.Clock.Advance(Times.OutageLimit);
        _stage.Clock.Step(-Times.OutageLimit);

        (await _stage.VerifyAsync()).Problem!.Code.ShouldBe(ProblemCode.Unavailable);
    }

    [Fact]
    [Trait("Threat", "T34")]
    public async Task WhileAnIssuerIsDownItIsAskedNoMoreThanOnceAPause()
    {
        _stage.Issuer.IsDown = true;
        _stage.Clock.Advance(2 * Times.Refresh);
        for (var time = 0; time < 20; time++)
            (await _stage.VerifyAsync()).Problem.ShouldBeNull();

        _stage.Issuer.Asked.ShouldBe(2);
    }

    private TokenMint Rotate()
    {
        var fresh = new TokenMint(_stage.Issuer.Url, number: 1) { KeyId = "k2" };
        _stage.Issuer.Publish(fresh);
        return fresh;
    }

    private static Task Passing(Func<bool> check) => PassingAsync(() => Task.FromResult(check()));

    private static async Task PassingAsync(Func<Task<bool>> check)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); !await check(); await Task.Delay(10))
            DateTime.UtcNow.ShouldBeLessThan(deadline);
    }
}
