using Bascule.Core.Identity.Tokens;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T30")]
public sealed class TokenTimeTests
{
    private readonly TokenStage _stage = new();

    private long Now => _stage.Clock.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [InlineData("exp")]
    [InlineData("iat")]
    public async Task ATokenSaysFromWhenToWhen(string claim) =>
        await _stage.RefuseAsync(_stage.Without(claim), "no exp or no iat");

    [Fact]
    public async Task ATokenExpiresAfterTheSkewAndNotBefore()
    {
        var token = _stage.Mint.Sign(_stage.Claims());
        _stage.Clock.Advance(TimeSpan.FromSeconds(300 + 29));
        await _stage.AcceptAsync(token);

        _stage.Clock.Advance(TimeSpan.FromSeconds(1));

        await _stage.RefuseAsync(token, "has expired");
    }

    [Theory]
    [InlineData("iat", "in the future")]
    [InlineData("nbf", "not good yet")]
    [InlineData("auth_time", "auth_time is in the future")]
    public async Task WhatBeginsLaterThanTheSkewIsRefused(string claim, string because)
    {
        await _stage.AcceptAsync(_stage.Claims((claim, Now + 30)));

        await _stage.RefuseAsync(_stage.Claims((claim, Now + 31)), because);
    }

    [Theory]
    [InlineData("\"1795262700\"")]
    [InlineData("1795262700.5")]
    [InlineData("1795262700.0")]
    [InlineData("1.7952627e9")]
    [InlineData("1e400")]
    [InlineData("99999999999999999999")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[1795262700]")]
    public async Task ATimeIsAWholeNumber(string end)
    {
        var claims = _stage.Without("exp").ToJsonString()[..^1] + $",\"exp\":{end}}}";

        var problem = (await _stage.VerifyAsync(_stage.Mint.Sign("""{"alg":"RS256","kid":"k1"}""", claims))).Problem;

        problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Unauthenticated);
    }

    [Theory]
    [InlineData(-1, 300)]
    [InlineData(0, 9_223_372_036_854_775_807)]
    public async Task ATimeThatNoCalendarHasIsRefused(long start, long end) =>
        await _stage.RefuseAsync(_stage.Claims(("iat", start), ("exp", end)), "its exp is not after its iat");

    [Fact]
    public async Task ATokenThatEndsBeforeItBeginsIsRefused() =>
        await _stage.RefuseAsync(_stage.Claims(("iat", Now + 20), ("exp", Now + 10)), "its exp is not after its iat");

    [Fact]
    public async Task ATokenThatLivesTooLongIsRefused()
    {
        await _stage.AcceptAsync(_stage.Claims(("exp", Now + 86_400)));

        await _stage.RefuseAsync(_stage.Claims(("exp", Now + 86_401)), "longer than the 86400 s");
        await _stage.RefuseAsync(_stage.Claims(("iat", 0), ("exp", Now + 60)), "longer than the 86400 s");
    }

    [Fact]
    public async Task WhoSetsTheClockBackRefusesTokensOfTheFutureAndTakesThemWhenItIsSetRight()
    {
        var token = _stage.Mint.Sign(_stage.Claims());
        _stage.Clock.Step(TimeSpan.FromDays(-1));
        await _stage.RefuseAsync(token, "compare the clocks");

        _stage.Clock.Step(TimeSpan.FromDays(1));

        await _stage.AcceptAsync(token);
    }

    [Fact]
    public async Task AFreshSignInIsOneWhoseTimeIsKnownAndNotLongAgo()
    {
        var fresh = TokenStage.Login with { MaxAuthenticationAge = TimeSpan.FromMinutes(5) };
        await _stage.AcceptAsync(_stage.Claims(("auth_time", Now - 330)), fresh);

        await _stage.RefuseAsync(_stage.Claims(("auth_time", Now - 331)), "sign in again", fresh);
        await _stage.RefuseAsync(_stage.Claims(), "sign in again", fresh);
    }

    [Fact]
    public void TheClocksMayDifferByAMinuteAtMost()
    {
        TrustedIssuer.Create("https://a.example", skew: TimeSpan.FromSeconds(60)).Problem.ShouldBeNull();

        TrustedIssuer.Create("https://a.example", skew: TimeSpan.FromSeconds(61)).Problem.ShouldNotBeNull();
        TrustedIssuer.Create("https://a.example", skew: TimeSpan.FromSeconds(-1)).Problem.ShouldNotBeNull();
        TrustedIssuer.Create("https://a.example", maxLifetime: TimeSpan.FromDays(8)).Problem.ShouldNotBeNull();
    }
}
