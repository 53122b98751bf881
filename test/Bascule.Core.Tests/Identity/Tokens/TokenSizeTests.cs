using System.Text;
using Bascule.Testing.Identity;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T32")]
public sealed class TokenSizeTests
{
    private readonly TokenStage _stage = new();

    [Fact]
    public async Task ALargeTokenIsRefusedBeforeItIsLookedAt()
    {
        await _stage.AcceptAsync(_stage.Claims(("more", new string('a', 11_000))));

        await _stage.RefuseAsync(_stage.Claims(("more", new string('a', 12_300))), "longer than 16384 letters");
        await _stage.RefuseAsync(new Secret(new string('.', 10_000_000)), "longer than 16384 letters");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("a.b.c.d.e")]
    [InlineData("................................")]
    public async Task ATokenHasThreePartsThatHoldSomething(string text) =>
        await _stage.RefuseAsync(new Secret(text), "the token is not acceptable");

    /// <summary>A JWE (RFC 7516) whose key derivation would take for ever: nothing of it is computed.</summary>
    [Fact]
    public async Task AnEncryptedTokenIsRefused()
    {
        const string header =
            """{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","zip":"DEF","p2c":2147483647,"p2s":"AAAA"}""";
        var jwe = $"{TokenMint.Text(Encoding.UTF8.GetBytes(header))}.AAAA.AAAA.AAAA.AAAA";

        await _stage.RefuseAsync(new Secret(jwe), "has not three parts");
        await _stage.RefuseAsync(_stage.Mint.Sign(header, _stage.Claims().ToJsonString()), "has 'enc'");
    }

    [Fact]
    public async Task ALargeHeaderIsRefused()
    {
        var header = _stage.Mint.Header();
        header["x5c"] = new string('a', 8000);

        await _stage.RefuseAsync(_stage.Mint.Sign(_stage.Claims(), header), "its header is longer");
    }

    [Fact]
    public async Task DeeplyNestedClaimsAreRefused()
    {
        var deep = new string('[', 1000) + new string(']', 1000);

        await _stage.RefuseAsync(_stage.Mint.Sign("""{"alg":"RS256"}""", $$"""{"a":{{deep}}}"""), "nested deeper");
    }

    [Theory]
    [InlineData("=")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("+")]
    [InlineData("é")]
    public async Task APartHasOneSpelling(string more)
    {
        var token = _stage.Mint.Sign(_stage.Claims()).Reveal();
        await _stage.RefuseAsync(new Secret(token + more), "not base64url");
        await _stage.RefuseAsync(new Secret(more + token), "not base64url");
    }

    /// <summary>The last letter of 256 bytes carries two bits that mean nothing: only zeros there are the token.</summary>
    [Fact]
    public async Task SpareBitsAreZero()
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var token = _stage.Mint.Sign(_stage.Claims()).Reveal();
        var twin = token[..^1] + letters[letters.IndexOf(token[^1]) + 1];

        await _stage.RefuseAsync(new Secret(twin), "not base64url");
    }

    [Fact]
    public async Task NoSingleLetterOfATokenCanBeChanged()
    {
        var token = _stage.Mint.Sign(_stage.Claims()).Reveal();
        for (var place = 0; place < token.Length; place++)
        {
            var other = token[place] == 'x' ? 'y' : 'x';
            var changed = new Secret(string.Concat(token.AsSpan(0, place), [other], token.AsSpan(place + 1)));
            (await _stage.VerifyAsync(changed)).Problem.ShouldNotBeNull($"letter {place}");
        }
    }
}
