using System.Net;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Server.Tests.Audit;

namespace Bascule.Server.Tests.SignIn;

/// <summary>Signing in with a browser: what ties the answer to the question, and what happens when somebody bends it.</summary>
public sealed class CodeFlowTests : IClassFixture<SignInStage>, IDisposable
{
    private readonly SignInStage _stage;
    private readonly Visitor _ann;

    public CodeFlowTests(SignInStage stage)
    {
        (_stage, _ann) = (stage, stage.NewVisitor());
        stage.Corp.Reset();
        stage.Entra.Reset();
    }

    public void Dispose() => _ann.Dispose();

    [Fact]
    public async Task APersonComesBackToThePageTheyAskedFor()
    {
        _stage.Corp.Person = "u-back";

        await _ann.SignInAsync(query: "?return=%2Fruns%2F1%3Fx%3D2");

        _ann.Location.ShouldBe(new Uri(_stage.Url, "/runs/1?x=2"));
        var person = (await _stage.FindPersonAsync("u-back")).ShouldNotBeNull();
        (person.Name, person.Email).ShouldBe(("Ann Example", "ann@example.com"));
        person.Groups.ShouldBe(["ml-leads", "staff"]);
        var session = (await _stage.SessionsAsync(person)).ShouldHaveSingleItem();
        (session.IssuerSession, session.ExpiresAt - session.CreatedAt).ShouldBe(("sid-u-back", TimeSpan.FromHours(8)));
        session.AuthenticatedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task ItIsWrittenDownWithoutPersonalData()
    {
        _stage.Corp.Person = "u-audit";

        await _ann.SignInAsync();

        var person = (await _stage.FindPersonAsync("u-audit"))!;
        var entry = (await _stage.EntriesAsync(AuditTypes.PersonSignedIn))[^1];
        ((string)entry["actor"]!).ShouldBe($"person:{person.Uid}");
        new EntrySchema().Judge(entry).ShouldBeEmpty();
        var text = entry.ToJsonString();
        foreach (var personal in new[] { "Ann", "example.com", "u-audit", _ann.SessionCookie! })
            text.ShouldNotContain(personal);
    }

    [Fact]
    [Trait("Threat", "T43")]
    public async Task TheCookieIsForThisHostOverTlsAndForNoScript()
    {
        await _ann.SignInAsync();

        var cookie = _ann.SetCookies.Single(set => set.StartsWith("__Host-bascule=", StringComparison.Ordinal));
        cookie
            .Split("; ")
            .Skip(1)
            .Select(part => part.ToLowerInvariant())
            .ShouldBe(["path=/", "secure", "samesite=lax", "httponly"], ignoreOrder: true);
        _ann.SessionCookie!.ShouldStartWith("bsc_c_");
        _ann.SessionCookie!.Length.ShouldBe(6 + 64);
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task TheRequestHasStateNonceAndAChallenge()
    {
        await _ann.SignInAsync();
        var first = _stage.Corp.Asked;
        await _ann.SignInAsync();
        var second = _stage.Corp.Asked;

        (first["response_type"], first["code_challenge_method"], first["client_id"]).ShouldBe(
            ("code", "S256", "bascule web")
        );
        first["redirect_uri"].ShouldBe($"{_stage.Url.OriginalString}/sign-in/corp/callback");
        first["scope"].ShouldBe("openid profile email");
        foreach (var once in new[] { "state", "nonce", "code_challenge" })
            (first[once].Length >= 43 && first[once] != second[once]).ShouldBeTrue(once);
        first.ContainsKey("prompt").ShouldBeFalse();
    }

    [Fact]
    public async Task AFreshSignInAsksThePersonToProveItAgain()
    {
        await _ann.SignInAsync(query: "?fresh=1");

        (_stage.Corp.Asked["prompt"], _stage.Corp.Asked["max_age"]).ShouldBe(("login", "0"));
        _ann.SessionCookie.ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task AnotherBrowserCannotFinishIt()
    {
        using var mallory = _stage.NewVisitor();
        var back = await mallory.LeaveAndReturnAsync();

        await _ann.GetAsync(back);

        ShouldBeRefused("was not begun in this browser");
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task TheStateOfAnotherSignInDoesNotFit()
    {
        using var mallory = _stage.NewVisitor();
        var attack = await mallory.LeaveAndReturnAsync();
        await _ann.LeaveAndReturnAsync();

        await _ann.GetAsync(attack);

        ShouldBeRefused("was not begun in this browser");
    }

    [Theory]
    [InlineData("state", "")]
    [InlineData("state", "abc")]
    [InlineData("code", "")]
    [InlineData("code", "guess")]
    [Trait("Threat", "T44")]
    public async Task AnAnswerThatWasChangedOnTheWayIsRefused(string part, string value)
    {
        _stage.Corp.Return = back => back[part] = value;

        await _ann.SignInAsync();

        ShouldBeRefused("tart");
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task AFinishedSignInIsNotFinishedAgain()
    {
        var back = await _ann.LeaveAndReturnAsync();
        var kept = _ann.Cookies.ToList();
        await _ann.GetAsync(back);
        _ann.SessionCookie.ShouldNotBeNull();
        _ann.Cookies.Clear();
        foreach (var (name, value) in kept)
            _ann.Cookies[name] = value;

        await _ann.GetAsync(back);

        ShouldBeRefused("does not take it");
    }

    [Theory]
    [InlineData("nonce", "another")]
    [InlineData("nonce", null)]
    [InlineData("aud", "another client")]
    [InlineData("aud", "bascule-cli")]
    [InlineData("azp", "another client")]
    [InlineData("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("iss", "https://login.example.com")]
    [InlineData("groups", "admin")]
    [Trait("Threat", "T44")]
    [Trait("Threat", "T25")]
    [Trait("Threat", "T26")]
    public async Task AnIdTokenOfAnotherSignInIsRefused(string claim, string? value)
    {
        _stage.Corp.Change = claims => claims[claim] = value;

        await _ann.SignInAsync();

        ShouldBeRefused("token");
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData(null)]
    [Trait("Threat", "T44")]
    [Trait("Threat", "T26")]
    public async Task AnAnswerOfAnotherProviderIsRefused(string? issuer)
    {
        _stage.Corp.Return = back =>
        {
            if (issuer is null)
                back.Remove("iss");
            else
                back["iss"] = issuer;
        };

        await _ann.SignInAsync();

        ShouldBeRefused("does not come from Corp account");
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task OneProvidersAnswerIsNotTakenForTheOthers()
    {
        var back = await _ann.LeaveAndReturnAsync();

        await _ann.GetAsync(new Uri(back.AbsoluteUri.Replace("/corp/", "/entra/", StringComparison.Ordinal)));

        ShouldBeRefused("does not come from entra");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("\\\\evil.example/")]
    [InlineData("/%09/evil.example", "/%09/evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\n/evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("runs/1")]
    [InlineData("")]
    [InlineData("/runs/é")]
    [InlineData("/..//evil.example", "//evil.example")]
    [InlineData("/runs?x=//evil.example", "/runs?x=//evil.example")]
    [Trait("Threat", "T44")]
    public async Task AfterwardsThePersonIsStillWithUs(string asked, string path = "/")
    {
        await _ann.SignInAsync(query: $"?return={Uri.EscapeDataString(asked)}");

        _ann.Location!.GetLeftPart(UriPartial.Authority).ShouldBe(_stage.Url.OriginalString);
        _ann.Location.PathAndQuery.ShouldBe(path);
    }

    [Fact]
    [Trait("Threat", "T39")]
    public async Task OneMailAddressIsNotOnePerson()
    {
        _stage.Corp.Person = "u-first";
        await _ann.SignInAsync();
        _stage.Corp.Person = "u-second";
        await _ann.SignInAsync();

        var (first, second) = (await _stage.FindPersonAsync("u-first"), await _stage.FindPersonAsync("u-second"));

        first!.Email.ShouldBe(second!.Email);
        first.Uid.ShouldNotBe(second.Uid);
    }

    [Fact]
    [Trait("Threat", "T39")]
    public async Task OnePersonMayHaveAnotherMailAddressTomorrow()
    {
        _stage.Corp.Person = "u-moves";
        await _ann.SignInAsync();
        var before = (await _stage.FindPersonAsync("u-moves"))!;
        _stage.Corp.Change = claims =>
            (claims["email"], claims["groups"]) = ("new@example.com", new JsonArray("staff"));

        await _ann.SignInAsync();

        var after = (await _stage.FindPersonAsync("u-moves"))!;
        (after.Uid, after.Email).ShouldBe((before.Uid, "new@example.com"));
        after.Groups.ShouldBe(["staff"]);
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task TheSessionBeforeASignInEndsWithIt()
    {
        _stage.Corp.Person = "u-twice";
        await _ann.SignInAsync();
        var former = _ann.SessionCookie;

        await _ann.SignInAsync();

        _ann.SessionCookie.ShouldNotBe(former);
        (await _stage.SessionsAsync((await _stage.FindPersonAsync("u-twice"))!)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task WhatTheProviderSaysIsShownAsText()
    {
        _stage.Corp.Return = back =>
        {
            back.Remove("code");
            (back["error"], back["error_description"]) = ("access_denied", "Not <b>assigned</b>\u202e to this app");
        };

        await _ann.SignInAsync();

        ShouldBeRefused("Corp account ended the sign-in: Not &lt;b&gt;assigned&lt;/b&gt; to this app");
        _ann.Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task WhoseNameTheTokenOmitsIsAskedForWhereItIsKnown()
    {
        _stage.Corp.Person = "u-thin";
        _stage.Corp.Change = claims =>
        {
            claims.Remove("name");
            claims.Remove("email");
        };
        _stage.Corp.User = () => new JsonObject { ["sub"] = "u-thin", ["name"] = "Thin Ann" };
        await _ann.SignInAsync();
        (await _stage.FindPersonAsync("u-thin"))!.Name.ShouldBe("Thin Ann");

        _stage.Corp.User = () => new JsonObject { ["sub"] = "u-other", ["name"] = "Somebody else" };
        await _ann.SignInAsync();

        (await _stage.FindPersonAsync("u-thin"))!.Name.ShouldBe("u-thin");
    }

    [Fact]
    public async Task AnUnknownProviderIsToldWithTheKnownOnes()
    {
        await _ann.GetAsync("/sign-in/nobody");

        _ann.Status.ShouldBe(HttpStatusCode.NotFound);
        _ann.Page.ShouldContain("href=\"sign-in/corp\"");
    }

    private void ShouldBeRefused(string words)
    {
        _ann.SessionCookie.ShouldBeNull();
        ((int)_ann.Status).ShouldBeGreaterThanOrEqualTo(400, $"{_ann.Location}");
        _ann.Page.ShouldContain(words);
        _ann.Page.ShouldContain("href=\"sign-in/corp\"", customMessage: "the next try is one click away");
    }
}
