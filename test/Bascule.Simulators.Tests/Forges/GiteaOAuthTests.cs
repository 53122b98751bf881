using System.Net;
using System.Security.Cryptography;
using System.Text;
using Bascule.Simulators.Forges;
using Microsoft.AspNetCore.WebUtilities;

namespace Bascule.Simulators.Tests.Forges;

public sealed class GiteaOAuthTests : IAsyncLifetime
{
    private const string Back = "https://bascule.example.com/account/links/git/callback";
    private const string Verifier = "a-verifier-of-at-least-forty-three-characters-0123";
    private ForgeWorld _world = null!;
    private ForgeOAuthApplication _application = null!;

    public async Task InitializeAsync()
    {
        _world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        _application = _world.Forge.AddOAuthApplication("Bascule", Back);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ACodeIsWorthATokenOnce()
    {
        var code = CodeOf(_world.Forge.Agree("alice", Ask()));

        (await RedeemAsync(code)).ShouldBe(HttpStatusCode.OK);
        (await RedeemAsync(code)).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("code_verifier", "another-verifier-of-at-least-forty-three-chars-01")]
    [InlineData("redirect_uri", "https://elsewhere.example.com/")]
    [InlineData("code", "made-up")]
    [InlineData("grant_type", "password")]
    public async Task ACodeIsWorthNothingWithAnotherProof(string field, string value) =>
        (await RedeemAsync(CodeOf(_world.Forge.Agree("alice", Ask())), field, value)).ShouldBe(
            HttpStatusCode.BadRequest
        );

    [Theory]
    [InlineData("code_challenge_method", "plain")]
    [InlineData("redirect_uri", "https://elsewhere.example.com/")]
    [InlineData("client_id", "unknown")]
    [InlineData("response_type", "token")]
    public void NobodyIsAskedOtherwise(string field, string value) =>
        Should.Throw<ForgeRefusedException>(() => _world.Forge.Agree("alice", Ask(field, value)));

    private Uri Ask(string? field = null, string? value = null)
    {
        var asked = new Dictionary<string, string?>
        {
            ["client_id"] = _application.ClientId,
            ["redirect_uri"] = Back,
            ["response_type"] = "code",
            ["state"] = "s",
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        if (field is not null)
            asked[field] = value;
        return new Uri(_world.Forge.BaseAddress, QueryHelpers.AddQueryString("/login/oauth/authorize", asked));
    }

    private static string CodeOf(Uri back) => QueryHelpers.ParseQuery(back.Query)["code"].ToString();

    private async Task<HttpStatusCode> RedeemAsync(string code, string? field = null, string? value = null)
    {
        var basic = Convert.ToBase64String(
            Encoding.UTF8.GetBytes($"{_application.ClientId}:{_application.ClientSecret}")
        );
        using var client = _world.Client($"Basic {basic}");
        var form = new Dictionary<string, string?>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = Back,
            ["code_verifier"] = Verifier,
        };
        if (field is not null)
            form[field] = value;
        using var content = new FormUrlEncodedContent(form);
        using var answer = await client.PostAsync(new Uri("/login/oauth/access_token", UriKind.Relative), content);
        return answer.StatusCode;
    }
}
