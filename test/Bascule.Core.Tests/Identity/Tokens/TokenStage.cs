using System.Text.Json.Nodes;
using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;

namespace Bascule.Core.Tests.Identity.Tokens;

/// <summary>One trusted issuer at noon, and what the verifier says to its tokens.</summary>
internal sealed class TokenStage
{
    public static readonly TokenExpectation Login = new(TokenKind.IdToken) { Audiences = [TokenMint.Audience] };

    public TokenStage(params string[] algorithms)
    {
        Mint = new TokenMint();
        Keys = new FixedKeys(Mint);
        var issuer = TrustedIssuer.Create(Mint.Issuer, algorithms.Length == 0 ? null : algorithms).Value;
        Verifier = new TokenVerifier(new TrustedIssuers([issuer]), Keys, Clock);
    }

    public SteadyClock Clock { get; } = new();
    public TokenMint Mint { get; }
    public FixedKeys Keys { get; }
    public TokenVerifier Verifier { get; }

    public JsonObject Claims(params (string Name, JsonNode? Value)[] changes)
    {
        var claims = Mint.Claims(Clock.GetUtcNow());
        foreach (var (name, value) in changes)
            claims[name] = value;
        return claims;
    }

    public JsonObject Without(string name)
    {
        var claims = Claims();
        claims.Remove(name).ShouldBeTrue();
        return claims;
    }

    public Task<Result<VerifiedToken>> VerifyAsync(JsonObject claims, TokenExpectation? expected = null) =>
        VerifyAsync(Mint.Sign(claims), expected);

    public Task<Result<VerifiedToken>> VerifyAsync(Secret token, TokenExpectation? expected = null) =>
        Verifier.VerifyAsync(token, expected ?? Login, CancellationToken.None);

    public async Task<VerifiedToken> AcceptAsync(Secret token, TokenExpectation? expected = null)
    {
        var answer = await VerifyAsync(token, expected);
        answer.Failed(out var problem).ShouldBeFalse(problem?.Message);
        return answer.Value;
    }

    public Task<VerifiedToken> AcceptAsync(JsonObject claims, TokenExpectation? expected = null) =>
        AcceptAsync(Mint.Sign(claims), expected);

    public async Task RefuseAsync(Secret token, string because, TokenExpectation? expected = null)
    {
        var problem = (await VerifyAsync(token, expected)).Problem.ShouldNotBeNull();
        problem.Code.ShouldBe(ProblemCode.Unauthenticated);
        problem.Message.ShouldContain(because);
    }

    public Task RefuseAsync(JsonObject claims, string because, TokenExpectation? expected = null) =>
        RefuseAsync(Mint.Sign(claims), because, expected);
}
