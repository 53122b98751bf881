using System.Security.Cryptography;
using System.Text;
using Bascule.Testing.Identity;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T43")]
public sealed class SignInTests
{
    private readonly TokenStage _stage = new("RS256", "ES384");

    [Fact]
    public async Task ANonceComesBackAsItWasSent()
    {
        var expected = TokenStage.Login with { Nonce = "n-1" };
        await _stage.AcceptAsync(_stage.Claims(("nonce", "n-1")), expected);

        await _stage.RefuseAsync(_stage.Claims(("nonce", "n-2")), "nonce", expected);
        await _stage.RefuseAsync(_stage.Claims(("nonce", "N-1")), "nonce", expected);
        await _stage.RefuseAsync(_stage.Claims(), "nonce", expected);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES384")]
    public async Task TheAccessTokenBelongsToTheIdToken(string algorithm)
    {
        var digest = algorithm == "RS256" ? SHA256.HashData("secret-at"u8) : SHA384.HashData("secret-at"u8);
        var half = TokenMint.Text(digest[..(digest.Length / 2)]);
        var token = _stage.Mint.Sign(_stage.Claims(("at_hash", half)), algorithm);

        await _stage.AcceptAsync(token, TokenStage.Login with { AccessToken = new Secret("secret-at") });

        await _stage.RefuseAsync(token, "at_hash", TokenStage.Login with { AccessToken = new Secret("another") });
    }

    /// <summary>The example of OpenID Connect Core, appendix A.3: others compute the same.</summary>
    [Fact]
    public async Task TheHashIsTheOneOfTheStandard()
    {
        const string accessToken = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        var claims = _stage.Claims(("at_hash", "77QmUPtjPfzWtF2AnpK9RQ"));
        Encoding.ASCII.GetByteCount(accessToken).ShouldBe(43);

        await _stage.AcceptAsync(claims, TokenStage.Login with { AccessToken = new Secret(accessToken) });
    }
}
