using Bascule.Core.Identity.Tokens;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T26")]
public sealed class IssuerUrlTests
{
    [Theory]
    [InlineData("https://login.example.com")]
    [InlineData("https://login.example.com/")]
    [InlineData("https://login.example.com:8443/realms/ml")]
    [InlineData("https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/")]
    [InlineData("https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0")]
    [InlineData("https://[::1]:8443")]
    [InlineData("http://127.0.0.1:9401")]
    [InlineData("http://localhost:9401/oidc")]
    public void AnAddressIsKeptAsItIsWritten(string text) => IssuerUrl.Read(text).Value.Text.ShouldBe(text);

    [Theory]
    [InlineData("")]
    [InlineData("login.example.com")]
    [InlineData("http://login.example.com")]
    [InlineData("http://127.0.0.1.nip.io")]
    [InlineData("ftp://login.example.com")]
    [InlineData("https://good@evil.example.com")]
    [InlineData("https://@evil.example.com")]
    [InlineData("https://LOGIN.example.com")]
    [InlineData("HTTPS://login.example.com")]
    [InlineData("https://login.example.com:443")]
    [InlineData("https://login.example.com.")]
    [InlineData("https://login.example.com?a=b")]
    [InlineData("https://login.example.com/?")]
    [InlineData("https://login.example.com#a")]
    [InlineData("https://login.example.com/a/../b")]
    [InlineData("https://login.example.com/./b")]
    [InlineData("https://login.example.com//b")]
    [InlineData("https://login.example.com/%62")]
    [InlineData("https://login.example.com\\b")]
    [InlineData("https://login.example.com ")]
    [InlineData("https://lоgin.example.com")]
    [InlineData("https://127.1")]
    [InlineData("https://0x7f.1")]
    [InlineData("https://")]
    public void AnAddressWithTwoSpellingsIsRefused(string text) => IssuerUrl.Read(text).Problem.ShouldNotBeNull();

    [Theory]
    [InlineData("https://login.example.com/")]
    [InlineData("https://LOGIN.example.com")]
    [InlineData("https://login.example.com:443")]
    [InlineData("http://login.example.com")]
    [InlineData("https://good@login.example.com")]
    [InlineData("https://login.example.com.")]
    [InlineData("https://login.example.com?")]
    [InlineData("https://login.example.com#")]
    [InlineData("https://login.example.com/x/..")]
    [InlineData("https://lоgin.example.com")]
    [InlineData(" https://login.example.com")]
    [InlineData("https://login.example.com\u200b")]
    [InlineData("https://login.example.com.evil.com")]
    [Trait("Threat", "T27")]
    [Trait("Threat", "T145")]
    public async Task AnIssuerThatLooksLikeATrustedOneIsNotIt(string issuer)
    {
        var stage = new TokenStage();

        await stage.RefuseAsync(stage.Claims(("iss", issuer)), "is not trusted");

        stage.Keys.Asked.ShouldBe(0);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("https://forge.internal")]
    [InlineData("file:///etc/passwd")]
    [Trait("Threat", "T27")]
    [Trait("Threat", "T47")]
    public async Task ForAnIssuerThatIsNotTrustedNobodyIsAsked(string issuer)
    {
        var stage = new TokenStage();
        foreach (var kind in Enum.GetValues<TokenKind>())
            await stage.RefuseAsync(
                stage.Claims(("iss", issuer)),
                "not trusted",
                TokenStage.Login with
                {
                    Kind = kind,
                }
            );

        stage.Keys.Asked.ShouldBe(0);
    }

    [Fact]
    [Trait("Threat", "T27")]
    public async Task ATokenThatNamesNoIssuerIsRefused()
    {
        var stage = new TokenStage();

        await stage.RefuseAsync(stage.Without("iss"), "names no issuer");
        await stage.RefuseAsync(stage.Claims(("iss", 7)), "names no issuer");
    }

    [Fact]
    public void AnIssuerIsTrustedWithKnownAlgorithmsAlone()
    {
        TrustedIssuer.Create("https://a.example", ["RS256", "ES256"]).Value.Algorithms.Count.ShouldBe(2);

        foreach (var list in new string[][] { [], ["none"], ["HS256"], ["rs256"], ["RS256", "EdDSA"] })
            TrustedIssuer.Create("https://a.example", list).Problem.ShouldNotBeNull();
    }
}
