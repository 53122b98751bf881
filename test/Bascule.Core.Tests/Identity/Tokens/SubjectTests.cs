using Bascule.Core.Identity;
using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T39")]
public sealed class SubjectTests
{
    private readonly TokenStage _stage = new();

    [Theory]
    [InlineData("ann@example.com")]
    [InlineData("a@evil@good.com")]
    [InlineData("ann@good.com.evil.com")]
    [InlineData("ANN@example.com")]
    [InlineData("ann+admin@example.com")]
    public async Task AnEmailAddressDecidesNothing(string email)
    {
        var token = await _stage.AcceptAsync(_stage.Claims(("email", email), ("email_verified", true)));

        token.Subject.ShouldBe(new Subject(_stage.Mint.Issuer, "u-1"));
        token.Display.ShouldBe(email);
    }

    [Fact]
    public async Task TheSameNameAtAnotherIssuerIsSomebodyElse()
    {
        var other = new TokenMint("https://other.example.com", number: 1);
        TrustedIssuer[] both =
        [
            TrustedIssuer.Create(_stage.Mint.Issuer).Value,
            TrustedIssuer.Create(other.Issuer).Value,
        ];
        var verifier = new TokenVerifier(new TrustedIssuers(both), new FixedKeys(_stage.Mint, other), _stage.Clock);
        var now = _stage.Clock.GetUtcNow();

        var one = await verifier.VerifyAsync(_stage.Mint.Sign(_stage.Mint.Claims(now)), TokenStage.Login, default);
        var two = await verifier.VerifyAsync(other.Sign(other.Claims(now)), TokenStage.Login, default);

        one.Value.Subject.ShouldNotBe(two.Value.Subject);
        one.Value.Subject.Id.ShouldBe(two.Value.Subject.Id);
    }

    [Fact]
    public void LettersAreComparedExactly()
    {
        new Subject("https://a.example", "ann").ShouldBe(new Subject("https://a.example", "ann"));
        new Subject("https://a.example", "ann").ShouldNotBe(new Subject("https://a.example", "Ann"));
        new Subject("https://a.example", "ann").ShouldNotBe(new Subject("https://a.example/", "ann"));
        new Subject("https://a.example/b", "c").ShouldNotBe(new Subject("https://a.example", "b/c"));
    }

    [Theory]
    [InlineData("", "ann")]
    [InlineData("https://a.example", "")]
    [InlineData("https://a.example", " ")]
    [Trait("Threat", "T37")]
    public void NobodyInParticularIsNotSomebody(string issuer, string id) =>
        Should.Throw<ArgumentException>(() => new Subject(issuer, id));

    [Fact]
    public async Task WhatIsShownOfAPersonIsOneCleanLine()
    {
        var token = await _stage.AcceptAsync(_stage.Claims(("name", "Ann\u202E\nnimda")));

        token.Display.ShouldBe("Ann nimda");
    }
}
