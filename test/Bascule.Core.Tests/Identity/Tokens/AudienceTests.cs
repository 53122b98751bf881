using System.Text.Json.Nodes;
using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T25")]
public sealed class AudienceTests
{
    private readonly TokenStage _stage = new();

    [Theory]
    [InlineData("\"bascule\"")]
    [InlineData("""["bascule"]""")]
    [InlineData("""["bascule","bascule"]""")]
    public async Task ATokenForUsIsTaken(string audience) =>
        (await _stage.AcceptAsync(_stage.Claims(("aud", JsonNode.Parse(audience))))).Audiences.ShouldBe(["bascule"]);

    [Theory]
    [InlineData("\"other\"")]
    [InlineData("\"Bascule\"")]
    [InlineData("\"bascule \"")]
    [InlineData("\"bascule/\"")]
    [InlineData("\"https://bascule\"")]
    [InlineData("""["other","Bascule"]""")]
    public async Task ATokenForOthersIsRefused(string audience) =>
        await _stage.RefuseAsync(_stage.Claims(("aud", JsonNode.Parse(audience))), "not for us");

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("""{"bascule":true}""")]
    [InlineData("""["bascule",null]""")]
    [InlineData("""["bascule",1]""")]
    [InlineData("""["bascule",["other"]]""")]
    [InlineData("""["bascule",""]""")]
    public async Task AnAudienceOfAnotherShapeIsRefused(string audience) =>
        await _stage.RefuseAsync(_stage.Claims(("aud", JsonNode.Parse(audience))), "its aud is");

    [Fact]
    public async Task WithoutAnAudienceATokenIsRefused() =>
        await _stage.RefuseAsync(_stage.Without("aud"), "its aud is nothing");

    [Fact]
    public async Task ATokenForUsAndOthersIsRefusedUnlessThatIsAllowed()
    {
        var claims = _stage.Claims(("aud", new JsonArray("bascule", "other")), ("azp", "bascule"));
        await _stage.RefuseAsync(claims, "for others besides us");

        await _stage.AcceptAsync(claims, TokenStage.Login with { AllowOtherAudiences = true });
    }

    [Fact]
    public async Task AnIdTokenForSeveralNamesUsAsTheOneItWasMadeFor()
    {
        var several = TokenStage.Login with { AllowOtherAudiences = true };
        var audiences = new JsonArray("bascule", "other");

        await _stage.RefuseAsync(_stage.Claims(("aud", audiences.DeepClone())), "(azp)", several);
        await _stage.RefuseAsync(_stage.Claims(("aud", audiences), ("azp", "other")), "another client (azp)", several);
        await _stage.RefuseAsync(_stage.Claims(("azp", "other")), "another client (azp)");
    }

    [Fact]
    public async Task WhereNoAudienceIsConfiguredNoTokenIsForUs()
    {
        await _stage.RefuseAsync(_stage.Claims(), "not for us", new TokenExpectation(TokenKind.IdToken));
        await _stage.RefuseAsync(_stage.Claims(), "not for us", TokenStage.Login with { Audiences = [] });
    }

    [Fact]
    public async Task TheIssuersOwnAudiencesCountWhereNoneIsNamed()
    {
        var mint = new TokenMint();
        var issuer = TrustedIssuer.Create(mint.Issuer, audiences: ["api://bascule"]).Value;
        var verifier = new TokenVerifier(new TrustedIssuers([issuer]), new FixedKeys(mint), _stage.Clock);
        var token = mint.Sign(_stage.Claims(("aud", "api://bascule")));

        (await verifier.VerifyAsync(token, new(TokenKind.WorkloadToken), default)).Problem.ShouldBeNull();

        (await verifier.VerifyAsync(token, TokenStage.Login, default)).Problem.ShouldNotBeNull();
    }
}
