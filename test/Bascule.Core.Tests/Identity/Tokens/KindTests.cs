using System.Text.Json.Nodes;
using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;

namespace Bascule.Core.Tests.Identity.Tokens;

[Trait("Threat", "T43")]
public sealed class KindTests
{
    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";
    private readonly TokenStage _stage = new();

    private static TokenExpectation For(TokenKind kind) => new(kind) { Audiences = [TokenMint.Audience] };

    [Theory]
    [InlineData(null, TokenKind.IdToken, TokenKind.WorkloadToken)]
    [InlineData("JWT", TokenKind.IdToken, TokenKind.WorkloadToken)]
    [InlineData("application/jwt", TokenKind.IdToken, TokenKind.WorkloadToken)]
    [InlineData("at+jwt", TokenKind.AccessToken, TokenKind.WorkloadToken)]
    [InlineData("application/AT+JWT", TokenKind.AccessToken, TokenKind.WorkloadToken)]
    [InlineData("logout+jwt")]
    [InlineData("secevent+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("")]
    public async Task ATypeIsGoodForItsKindAlone(string? type, params TokenKind[] good)
    {
        var token = Sign(_stage.Claims(("client_id", "cli")), type);

        foreach (var kind in new[] { TokenKind.IdToken, TokenKind.AccessToken, TokenKind.WorkloadToken })
            if (good.Contains(kind))
                await _stage.AcceptAsync(token, For(kind));
            else
                await _stage.RefuseAsync(token, "typ", For(kind));
        await _stage.RefuseAsync(token, "", For(TokenKind.LogoutToken));
    }

    [Theory]
    [InlineData("logout+jwt")]
    [InlineData("JWT")]
    [InlineData(null)]
    public async Task ALogoutTokenEndsSessionsAndNothingElse(string? type)
    {
        var token = Sign(Logout(), type);

        (await _stage.AcceptAsync(token, For(TokenKind.LogoutToken))).SessionId.ShouldBe("s-1");

        foreach (var kind in new[] { TokenKind.IdToken, TokenKind.AccessToken, TokenKind.WorkloadToken })
            await _stage.RefuseAsync(token, "", For(kind));
    }

    [Theory]
    [InlineData("events", null, "does not tell of a logout")]
    [InlineData("events", "{}", "does not tell of a logout")]
    [InlineData("events", "\"logout\"", "does not tell of a logout")]
    [InlineData(
        "events",
        """{"http://schemas.openid.net/event/backchannel-logout":true}""",
        "does not tell of a logout"
    )]
    [InlineData("nonce", "\"n\"", "has a nonce")]
    [InlineData("jti", null, "has no jti")]
    [InlineData("exp", null, "no exp")]
    public async Task ALogoutTokenIsComplete(string claim, string? value, string because)
    {
        var claims = Logout();
        claims.Remove(claim);
        if (value is not null)
            claims[claim] = JsonNode.Parse(value);

        await _stage.RefuseAsync(Sign(claims, "logout+jwt"), because, For(TokenKind.LogoutToken));
    }

    [Fact]
    public async Task ALogoutTokenNamesASubjectOrASession()
    {
        var claims = Logout();
        claims.Remove("sub");
        var session = await _stage.AcceptAsync(Sign(claims, "logout+jwt"), For(TokenKind.LogoutToken));
        session.FindSubject.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => session.Subject);

        claims.Remove("sid");

        await _stage.RefuseAsync(Sign(claims, "logout+jwt"), "neither a sub nor a sid", For(TokenKind.LogoutToken));
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("jti")]
    public async Task AnAccessTokenIsComplete(string claim)
    {
        var claims = _stage.Claims(("client_id", "cli"));
        claims.Remove(claim);

        await _stage.RefuseAsync(Sign(claims, "at+jwt"), "RFC 9068", For(TokenKind.AccessToken));
    }

    [Fact]
    public async Task ATokenThatIsBoundToAKeyIsNoBearerToken() =>
        await _stage.RefuseAsync(
            _stage.Claims(("cnf", new JsonObject { ["jkt"] = "x" })),
            "bound to a key",
            For(TokenKind.WorkloadToken)
        );

    [Fact]
    public async Task ASignInTakesTokensOfItsOwnIssuerAlone() =>
        await _stage.RefuseAsync(
            _stage.Claims(),
            "only https://other.example.com counts here",
            TokenStage.Login with
            {
                Issuer = "https://other.example.com",
            }
        );

    private JsonObject Logout() =>
        _stage.Claims(("sid", "s-1"), ("events", new JsonObject { [LogoutEvent] = new JsonObject() }));

    private Secret Sign(JsonObject claims, string? type)
    {
        var header = _stage.Mint.Header();
        header.Remove("typ");
        if (type is not null)
            header["typ"] = type;
        return _stage.Mint.Sign(claims, header);
    }
}
