using System.Net;
using Bascule.Server.Access;
using Bascule.Server.Api;
using HttpMethod = System.Net.Http.HttpMethod;

namespace Bascule.Server.Tests.Access;

public sealed class WhoAsksTests(AccessStage stage) : IClassFixture<AccessStage>
{
    [Fact]
    public async Task ACookieOpensPagesAndABearerTokenTheApi()
    {
        var viewer = await stage.PersonAsync("viewers");

        using var page = await SendAsync("/", cookie: stage.Sessions.Cookie(viewer));
        using var api = await SendAsync("/api/v1/runs", bearer: stage.Sessions.Bearer(viewer));

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await page.Content.ReadAsStringAsync()).ShouldContain("One of viewers");
        api.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("a cookie's token as bearer", false, true)]
    [InlineData("a bearer token as cookie", true, false)]
    [InlineData("a bearer token as cookie beside an empty bearer", true, true)]
    [Trait("Threat", "T43")]
    public async Task NeitherIsTakenForTheOther(string what, bool asCookie, bool withHeader)
    {
        var admin = await stage.PersonAsync("admins");
        var token = asCookie ? stage.Sessions.Bearer(admin) : stage.Sessions.Cookie(admin);

        using var api = await SendAsync(
            "/api/v1/people",
            cookie: asCookie ? token : null,
            bearer: withHeader ? (asCookie ? "x" : token) : null
        );

        api.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, what);
    }

    [Fact]
    [Trait("Threat", "T43")]
    public async Task TheLocalTokenIsGoodOnTheLocalListenerOnlyAndASessionIsNotGoodThere()
    {
        var token = stage.Get<LocalToken>().Secret.Reveal();
        var admin = await stage.PersonAsync("admins");

        using var local = await stage.SendAsync(stage.LocalRequest(HttpMethod.Get, "/api/v1/people"), token);
        using var @public = await SendAsync("/api/v1/people", bearer: token);
        using var cookie = await SendAsync("/api/v1/people", cookie: token);
        using var session = await stage.SendAsync(
            stage.LocalRequest(HttpMethod.Get, "/api/v1/people"),
            stage.Sessions.Bearer(admin)
        );

        local.StatusCode.ShouldBe(HttpStatusCode.OK);
        @public.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        cookie.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        session.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("/", "/sign-in?return=%2F")]
    [InlineData("/runs/abc?x=1&y=%2F", "/sign-in?return=%2Fruns%2Fabc%3Fx%3D1%26y%3D%252F")]
    [InlineData("//evil.example/x", null)]
    [InlineData("/people", "/sign-in?return=%2Fpeople")]
    [Trait("Threat", "T44")]
    public async Task AVisitorIsLedToTheSignInAndBackWithinThisServer(string path, string? location)
    {
        var request = stage.PublicRequest(HttpMethod.Get, "/");
        request.RequestUri = new UriBuilder(stage.Host.ListenUrl) { Path = "" }.Uri;
        using var answer = await stage.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, stage.Host.ListenUrl.GetLeftPart(UriPartial.Authority) + path)
            {
                Headers = { Host = request.Headers.Host },
            }
        );

        if (location is null)
            answer.Headers.Location.ShouldBeNull();
        else
            answer.Headers.Location!.OriginalString.ShouldBe(location);
    }

    [Fact]
    public async Task AProgramIsToldToSignIn()
    {
        using var answer = await SendAsync("/api/v1/runs");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadAsStringAsync()).ShouldContain("bascule login");
    }

    [Fact]
    public async Task WhoLacksARoleIsToldWhichAndWhoGivesIt()
    {
        var viewer = await stage.PersonAsync("viewers");

        using var page = await SendAsync("/people", cookie: stage.Sessions.Cookie(viewer));

        page.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var text = await page.Content.ReadAsStringAsync();
        text.ShouldContain("takes the role auditor or admin");
        text.ShouldContain("group:admins");
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1")]
    [InlineData("bascule.example.com:8443")]
    [InlineData("bascule.example.com.evil.example")]
    [Trait("Threat", "T124")]
    public async Task ThePublicListenerAnswersUnderItsOwnNameOnly(string host)
    {
        var request = stage.PublicRequest(HttpMethod.Get, "/api/v1/runs");
        request.Headers.Host = host;

        using var answer = await stage.SendAsync(request, stage.Sessions.Bearer(await stage.PersonAsync("viewers")));

        answer.StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://bascule.example.com")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("X-Nothing", "1")]
    [Trait("Threat", "T124")]
    public async Task NoOtherSiteChangesAnythingThroughACookie(string header, string value)
    {
        var request = stage.PublicRequest(HttpMethod.Post, $"/api/v1/runs/{stage.Run.Id}/retry");
        request.Headers.Add(header, value);
        request.Headers.Add(
            "Cookie",
            $"{SessionTokens.CookieName}={stage.Sessions.Cookie(await stage.PersonAsync("operators"))}"
        );

        using var answer = await stage.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("another site");
    }

    [Fact]
    public async Task TheServersOwnPageMayChangeSomething()
    {
        var request = stage.PublicRequest(HttpMethod.Post, $"/api/v1/runs/{stage.Run.Id}/retry");
        request.Headers.Add("Origin", "https://bascule.example.com");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Add(
            "Cookie",
            $"{SessionTokens.CookieName}={stage.Sessions.Cookie(await stage.PersonAsync("operators"))}"
        );

        using var answer = await stage.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task PagesOfThePublicListenerAreKeptToThemselves()
    {
        using var page = await SendAsync("/", cookie: stage.Sessions.Cookie(await stage.PersonAsync("viewers")));
        using var hook = await stage.SendAsync(stage.PublicRequest(HttpMethod.Get, "/health/live"));

        page.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
        page.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        hook.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task TheConsoleOnTheMachineLeadsToThePublicOneOncePeopleSignIn()
    {
        using var answer = await stage.SendAsync(stage.LocalRequest(HttpMethod.Get, "/deliveries?a=1"));

        answer.Headers.Location!.OriginalString.ShouldBe("https://bascule.example.com/deliveries?a=1");
    }

    private Task<HttpResponseMessage> SendAsync(string path, string? cookie = null, string? bearer = null)
    {
        var request = stage.PublicRequest(HttpMethod.Get, path);
        if (cookie is not null)
            request.Headers.Add("Cookie", $"{SessionTokens.CookieName}={cookie}");
        return stage.SendAsync(request, bearer);
    }
}
