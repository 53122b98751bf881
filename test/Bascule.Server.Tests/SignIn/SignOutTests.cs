using System.Net;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Bascule.Server.Tests.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.SignIn;

public sealed class SignOutTests : IClassFixture<SignInStage>, IDisposable
{
    private readonly SignInStage _stage;
    private readonly Visitor _ann;
    private readonly Visitor _provider;

    public SignOutTests(SignInStage stage)
    {
        (_stage, _ann, _provider) = (stage, stage.NewVisitor(), stage.NewVisitor());
        _provider.Site = null;
        stage.Corp.Reset();
    }

    public void Dispose()
    {
        _ann.Dispose();
        _provider.Dispose();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task SigningOutEndsTheSessionAndNotTheCookieAlone()
    {
        var token = await SignInAsync("u-out");

        await _ann.PostAsync("/sign-out");

        (_ann.Status, _ann.Location!.PathAndQuery).ShouldBe((HttpStatusCode.SeeOther, "/signed-out?provider=corp"));
        _ann.SessionCookie.ShouldBeNull();
        await ShouldEndAsync(token);
        var entry = (await _stage.EntriesAsync(AuditTypes.PersonSignedOut))[^1];
        ((string)entry["facts"]!["how"]!).ShouldBe("person");
        new EntrySchema().Judge(entry).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    [InlineData(null)]
    [Trait("Threat", "T124")]
    public async Task NoOtherSiteSignsAPersonOut(string? site)
    {
        var token = await SignInAsync("u-forced");
        _ann.Site = site;

        await _ann.PostAsync("/sign-out");

        _ann.Status.ShouldBe(HttpStatusCode.Forbidden);
        (await FindAsync(token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task TheProviderIsOneClickAway()
    {
        await _ann.GetAsync("/signed-out?provider=corp");

        _ann.Page.ShouldContain($"href=\"{_stage.Corp.Url}/end?client_id=bascule%20web");
        _ann.Page.ShouldContain("Sign out at Corp account too");
    }

    [Theory]
    [InlineData("sub and sid")]
    [InlineData("sub")]
    [InlineData("sid")]
    [Trait("Threat", "T45")]
    public async Task TheProviderEndsSessions(string named)
    {
        var token = await SignInAsync($"u-{named}");

        await LogoutAsync(
            _stage.Corp.LogoutToken(claims =>
            {
                if (named == "sub")
                    claims.Remove("sid");
                if (named == "sid")
                    claims.Remove("sub");
            })
        );

        (_provider.Status, _provider.Page).ShouldBe((HttpStatusCode.OK, ""));
        await ShouldEndAsync(token);
        var entry = (await _stage.EntriesAsync(AuditTypes.PersonSignedOut))[^1];
        ((string)entry["actor"]!).ShouldBe("provider:corp");
        new EntrySchema().Judge(entry).ShouldBeEmpty();
    }

    [Fact]
    public async Task AnotherSessionOfTheSamePersonGoesOn()
    {
        var token = await SignInAsync("u-other-device");

        await LogoutAsync(_stage.Corp.LogoutToken(claims => claims["sid"] = "sid-elsewhere"));

        _provider.Status.ShouldBe(HttpStatusCode.OK);
        (await FindAsync(token)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("aud", "another")]
    [InlineData("iss", "https://evil.example")]
    [InlineData("nonce", "n")]
    [InlineData("events", null)]
    [InlineData("jti", null)]
    [Trait("Threat", "T43")]
    public async Task WhatIsNoLogoutTokenOfThisProviderEndsNothing(string claim, string? value)
    {
        var token = await SignInAsync("u-stays");

        await LogoutAsync(_stage.Corp.LogoutToken(claims => claims[claim] = value));

        _provider.Status.ShouldBe(HttpStatusCode.BadRequest);
        (await FindAsync(token)).ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T43")]
    public async Task AnIdTokenIsNoLogoutTokenAndTheOtherWayRound()
    {
        var token = await SignInAsync("u-kinds");
        await LogoutAsync(_stage.Corp.IdToken(Bascule.Testing.Identity.PliableIssuer.Client));
        _provider.Status.ShouldBe(HttpStatusCode.BadRequest);
        (await FindAsync(token)).ShouldNotBeNull();

        await _provider.PostJsonAsync(
            "/api/v1/sessions",
            new { provider = "corp", id_token = _stage.Corp.LogoutToken(claims => claims["aud"] = "bascule-cli") }
        );

        _provider.Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task ALogoutTokenIsUsedOnce()
    {
        var logout = _stage.Corp.LogoutToken(claims => claims["sub"] = "u-replay");
        await LogoutAsync(logout);
        _provider.Status.ShouldBe(HttpStatusCode.OK);

        await LogoutAsync(logout);

        _provider.Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task ARowThatIsGoneIsASessionThatIsOver()
    {
        var token = await SignInAsync("u-row");
        (await FindAsync(token)).ShouldNotBeNull();

        await ApplyAsync(new EndSession(SessionToken.Read(token)!.Digest));

        await ShouldEndAsync(token);
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task ARetiredPersonIsOutAndStaysOut()
    {
        var token = await SignInAsync("u-retired");
        var person = (await _stage.FindPersonAsync("u-retired"))!;

        await ApplyAsync(new RetirePerson(person.Uid, DateTimeOffset.UtcNow));

        await ShouldEndAsync(token);
        using var again = _stage.NewVisitor();
        await again.SignInAsync();
        again.SessionCookie.ShouldBeNull();
        again.Page.ShouldContain("was retired here");
        var refused = (await _stage.EntriesAsync(AuditTypes.PersonRefused)).ShouldHaveSingleItem();
        ((string)refused["actor"]!).ShouldBe($"person:{person.Uid}");
        ((bool)refused["decision"]!["allow"]!).ShouldBeFalse();
        (await _stage.SessionsAsync(person)).ShouldHaveSingleItem("signing in again began none");
    }

    private async Task<string> SignInAsync(string sub)
    {
        _stage.Corp.Person = sub;
        await _ann.SignInAsync();
        return _ann.SessionCookie.ShouldNotBeNull(_ann.Page);
    }

    private Task LogoutAsync(string token) => _provider.PostAsync("/sign-in/corp/logout", ("logout_token", token));

    private Task<Actor?> FindAsync(string token) =>
        _stage.Services.GetRequiredService<ISessions>().FindAsync(new Secret(token), default);

    private async Task ApplyAsync(Change change) =>
        (await _stage.Services.GetRequiredService<IWorkStore>().ApplyAsync([change], default)).Problem.ShouldBeNull();

    /// <summary>Within the second that is promised, on a machine of any speed.</summary>
    private async Task ShouldEndAsync(string token)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(30); await FindAsync(token) is not null; await Task.Delay(50))
            DateTime.UtcNow.ShouldBeLessThan(deadline);
    }
}
