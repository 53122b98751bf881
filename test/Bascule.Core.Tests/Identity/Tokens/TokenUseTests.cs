namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T31")]
public sealed class TokenUseTests
{
    private readonly TokenStage _stage = new("RS256", "ES256");

    [Fact]
    public async Task TheSameIdIsTheSameUseHoweverItIsSigned()
    {
        var one = await _stage.AcceptAsync(_stage.Mint.Sign(_stage.Claims()));
        var two = await _stage.AcceptAsync(_stage.Mint.Sign(_stage.Claims(("name", "Ann")), "ES256"));

        two.UseFor("exchange").ShouldBe(one.UseFor("exchange"));
        two.UseFor("logout").Digest.ShouldNotBe(one.UseFor("exchange").Digest);
    }

    [Fact]
    public async Task AnotherIdIsAnotherUse()
    {
        var one = await _stage.AcceptAsync(_stage.Claims());
        var two = await _stage.AcceptAsync(_stage.Claims(("jti", "id-2")));

        two.UseFor("exchange").Digest.ShouldNotBe(one.UseFor("exchange").Digest);
    }

    /// <summary>An elliptic signature can be written anew without the key; what is signed cannot.</summary>
    [Fact]
    public async Task WithoutAnIdWhatIsSignedCounts()
    {
        var claims = _stage.Without("jti");
        var one = await _stage.AcceptAsync(_stage.Mint.Sign(claims, "ES256"));
        var again = await _stage.AcceptAsync(_stage.Mint.Sign(claims, "ES256"));
        claims["name"] = "Ann";
        var other = await _stage.AcceptAsync(_stage.Mint.Sign(claims, "ES256"));

        again.UseFor("exchange").ShouldBe(one.UseFor("exchange"));
        other.UseFor("exchange").Digest.ShouldNotBe(one.UseFor("exchange").Digest);
    }

    [Fact]
    public async Task AUseIsRememberedUntilNoClockTakesTheToken()
    {
        var token = await _stage.AcceptAsync(_stage.Claims());

        token.UseFor("exchange").ExpiresAt.ShouldBe(token.ExpiresAt.AddSeconds(60));
    }

    [Fact]
    public async Task PartsOfAUseDoNotRunIntoEachOther()
    {
        var token = await _stage.AcceptAsync(_stage.Claims(("jti", "b")));
        var shifted = await _stage.AcceptAsync(_stage.Claims(("jti", "ab")));

        token.UseFor("a").Digest.ShouldNotBe(shifted.UseFor("").Digest);
    }
}
