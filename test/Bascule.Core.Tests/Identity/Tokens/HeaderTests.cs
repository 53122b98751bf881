using System.Text.Json.Nodes;
using Bascule.Testing.Identity;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T24")]
public sealed class HeaderTests
{
    private readonly TokenStage _stage = new();

    /// <summary>A stranger's key in the header, or where to fetch it: the issuer's own key decides.</summary>
    [Fact]
    public async Task AKeyInTheHeaderIsNotLookedAt()
    {
        var stranger = new TokenMint(number: 1);
        var header = _stage.Mint.Header();
        header["jwk"] = stranger.RsaKey();
        header["jku"] = "https://evil.example.com/keys";
        header["x5u"] = "https://evil.example.com/chain";
        header["x5c"] = new JsonArray("MIIB");

        await _stage.RefuseAsync(stranger.Sign(_stage.Claims(), header), "its signature is wrong");

        // Some issuers send their certificate along: with their own signature that is no harm.
        await _stage.AcceptAsync(_stage.Mint.Sign(_stage.Claims(), (JsonObject)header.DeepClone()));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("' OR 1=1 --")]
    [InlineData("k1/../k1")]
    [InlineData("K1")]
    [InlineData("k1 ")]
    public async Task ANameOfAKeyIsAName(string keyId)
    {
        var header = _stage.Mint.Header();
        header["kid"] = keyId;

        await _stage.RefuseAsync(_stage.Mint.Sign(_stage.Claims(), header), "no such key");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData(257)]
    [InlineData(10_240)]
    public async Task ANameOfAKeyIsShortAndPrintable(object keyId)
    {
        var header = _stage.Mint.Header();
        header["kid"] = keyId is int length ? new string('a', length) : (string)keyId;

        await _stage.RefuseAsync(_stage.Mint.Sign(_stage.Claims(), header), "header");

        _stage.Keys.Asked.ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"alg":"RS256","kid":1}""")]
    [InlineData("""{"alg":"RS256","kid":null}""")]
    [InlineData("""{"alg":"RS256","typ":["JWT"]}""")]
    [InlineData("""{"alg":["RS256"]}""")]
    [InlineData("""{"kid":"k1"}""")]
    [InlineData("""{"alg":"RS256","alg":"none"}""")]
    [InlineData("""{"alg":"RS256","\u0061lg":"none"}""")]
    [InlineData("""["RS256"]""")]
    [InlineData("""{"alg":"RS256"} """ + "x")]
    [InlineData("""{"alg":"RS256","a":{"b":{"c":{"d":{}}}}}""")]
    public async Task AHeaderWithTwoMeaningsOrNoneIsRefused(string header) =>
        await _stage.RefuseAsync(_stage.Mint.Sign(header, _stage.Claims().ToJsonString()), "header");

    [Fact]
    public async Task WithoutANameTheOnlyFittingKeyIsUsedAndNoneOfSeveral()
    {
        var nameless = new JsonObject { ["alg"] = "RS256" };
        await _stage.AcceptAsync(_stage.Mint.Sign(_stage.Claims(), nameless));
        var second = new TokenMint(number: 1) { KeyId = "k2" }.RsaKey();
        _stage.Keys.Publish(
            _stage.Mint.Issuer,
            new JsonObject { ["keys"] = new JsonArray(_stage.Mint.RsaKey(), second) }
        );

        await _stage.RefuseAsync(_stage.Mint.Sign(_stage.Claims(), nameless), "no such key");
    }
}
