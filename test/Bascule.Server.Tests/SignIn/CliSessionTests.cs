using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Server.Access;
using Bascule.Server.Audit;
using Bascule.Server.Tests.Audit;
using Bascule.Testing.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.SignIn;

/// <summary>Sessions of the command line: what is brought for one, and where its token counts.</summary>
public sealed class CliSessionTests : IClassFixture<SignInStage>, IDisposable
{
    private readonly SignInStage _stage;
    private readonly Visitor _cli;

    public CliSessionTests(SignInStage stage)
    {
        (_stage, _cli) = (stage, stage.NewVisitor());
        stage.Corp.Reset();
    }

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task AnIdTokenOfTheDeviceFlowBecomesASession()
    {
        _stage.Corp.Person = "u-cli";

        var token = await BeginAsync(_stage.Corp.IdToken(PliableIssuer.CliClient));

        token.ShouldStartWith("bsc_s_");
        var actor = (await FindAsync(token)).ShouldNotBeNull();
        (actor.Name, actor.Subject!.Id).ShouldBe(("Ann Example", "u-cli"));
        actor.Groups.ShouldBe(["ml-leads", "staff"]);
        _cli.SetCookies.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T43")]
    [Trait("Threat", "T25")]
    public async Task ATokenForTheBrowsersClientIsNotTaken()
    {
        await PostAsync(_stage.Corp.IdToken(PliableIssuer.Client));

        _cli.Status.ShouldBe(HttpStatusCode.Unauthorized);
        _cli.Page.ShouldContain("not for us");
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task AnIdTokenIsGoodForOneSession()
    {
        var token = _stage.Corp.IdToken(PliableIssuer.CliClient);
        await BeginAsync(token);

        await PostAsync(token);

        _cli.Status.ShouldBe(HttpStatusCode.Conflict);
        _cli.Page.ShouldContain("used before");
    }

    [Theory]
    [InlineData("at", true)]
    [InlineData("another", false)]
    [Trait("Threat", "T43")]
    public async Task TheAccessTokenMustBelongToTheIdToken(string accessToken, bool fits)
    {
        await _cli.PostJsonAsync(
            "/api/v1/sessions",
            new
            {
                provider = "corp",
                id_token = _stage.Corp.IdToken(PliableIssuer.CliClient),
                access_token = accessToken,
            }
        );

        _cli.Status.ShouldBe(fits ? HttpStatusCode.Created : HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("entra")]
    [InlineData("nobody")]
    [Trait("Threat", "T47")]
    public async Task AProviderWithoutACliClientGivesNone(string provider)
    {
        await PostAsync(_stage.Corp.IdToken(PliableIssuer.CliClient), provider);

        _cli.Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"provider\":\"corp\"}")]
    [InlineData("{\"provider\":\"corp\",\"id_token\":null}")]
    [InlineData("{\"provider\":\"corp\",\"id_token\":\"a\",\"id_token\":\"b\"}")]
    public async Task AnythingElseIsNotUnderstood(string body)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        await _cli.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, new Uri(_stage.Url, "/api/v1/sessions")) { Content = content }
        );

        _cli.Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Trait("Threat", "T43")]
    public async Task TheTwoKindsOfTokensAreNeverEachOther()
    {
        var cli = await BeginAsync(_stage.Corp.IdToken(PliableIssuer.CliClient));
        await _cli.SignInAsync();
        var browser = _cli.SessionCookie!;
        (await FindAsync(browser)).ShouldNotBeNull();

        (await FindAsync("bsc_c_" + cli["bsc_s_".Length..])).ShouldBeNull();
        (await FindAsync("bsc_s_" + browser["bsc_c_".Length..])).ShouldBeNull();
        (await FindAsync(cli["bsc_s_".Length..])).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task LogoutEndsIt()
    {
        var token = await BeginAsync(_stage.Corp.IdToken(PliableIssuer.CliClient));
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(_stage.Url, "/api/v1/sessions/current"));
        request.Headers.Authorization = new("Bearer", token);

        await _cli.SendAsync(request);

        _cli.Status.ShouldBe(HttpStatusCode.NoContent);
        for (var deadline = DateTime.UtcNow.AddSeconds(30); await FindAsync(token) is not null; await Task.Delay(50))
            DateTime.UtcNow.ShouldBeLessThan(deadline);
    }

    [Fact]
    public async Task TheCommandLineIsToldWhereToGo()
    {
        await _cli.GetAsync("/api/v1/sign-in");

        var provider = JsonNode.Parse(_cli.Page)!["providers"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)provider["name"]!, (string)provider["client"]!).ShouldBe(("corp", "bascule-cli"));
        ((string)provider["device_endpoint"]!).ShouldBe($"{_stage.Corp.Url}/device");
        _cli.Page.ShouldNotContain(PliableIssuer.Secret);
    }

    [Fact]
    public async Task RefusalsAreCountedByAddress()
    {
        for (var i = 0; i < 3; i++)
            await PostAsync("no.token.really");
        await _stage.Services.GetRequiredService<RefusalCounter>().FlushAsync(default);

        var entry = (await _stage.EntriesAsync(AuditTypes.SignInsRefused)).Last(one =>
            (string)one["decision"]!["reason"]! == "Unauthenticated"
        );
        ((string)entry["actor"]!).ShouldBe("source:127.0.0.1");
        ((int)entry["facts"]!["count"]!).ShouldBeGreaterThanOrEqualTo(3);
        new EntrySchema().Judge(entry).ShouldBeEmpty();
    }

    private async Task<string> BeginAsync(string idToken)
    {
        await PostAsync(idToken);
        _cli.Status.ShouldBe(HttpStatusCode.Created, _cli.Page);
        return (string)JsonNode.Parse(_cli.Page)!["token"]!;
    }

    private Task PostAsync(string idToken, string provider = "corp") =>
        _cli.PostJsonAsync("/api/v1/sessions", new { provider, id_token = idToken });

    private Task<Core.People.Actor?> FindAsync(string token) =>
        _stage.Services.GetRequiredService<ISessions>().FindAsync(new Secret(token), default);
}
