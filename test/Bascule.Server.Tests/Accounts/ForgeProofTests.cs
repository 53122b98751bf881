using System.Net;
using Bascule.Core.Audit;
using Bascule.Core.People;
using Bascule.Server.Tests.Audit;
using Bascule.Server.Tests.SignIn;
using Microsoft.AspNetCore.WebUtilities;

namespace Bascule.Server.Tests.Accounts;

/// <summary>Linking an account by the forge's own OAuth2: what ties the answer to the person and the browser, and what happens when somebody bends it.</summary>
public sealed class ForgeProofTests(AccountStage stage) : IClassFixture<AccountStage>
{
    [Fact]
    public async Task TheForgeSaysWhoseAccountItIs()
    {
        var (ann, person) = await stage.PersonAsync("oauth");

        var address = await AccountStage.LeaveAsync(ann);
        await ann.GetAsync(stage.Gitea.Agree("oauth", address));

        (ann.Status, ann.Location).ShouldBe(
            (HttpStatusCode.SeeOther, new Uri(stage.Url, "/account?done=linked")),
            ann.Page
        );
        var link = (await stage.LinksAsync(person)).ShouldHaveSingleItem();
        (link.ForgeUid, link.Login, link.Proof).ShouldBe((stage.Uid("git"), "oauth", "oauth2"));
        var entry = (await stage.EntriesAsync(AuditTypes.AccountLinked)).Last(one =>
            (string)one["actor"]! == $"person:{person.Uid}"
        );
        new EntrySchema().Judge(entry).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task TheQuestionHasAStateAndAChallengeAndNoSecret()
    {
        var (ann, _) = await stage.PersonAsync("asked");

        var asked = QueryHelpers.ParseQuery((await AccountStage.LeaveAsync(ann)).Query);
        var again = QueryHelpers.ParseQuery((await AccountStage.LeaveAsync(ann)).Query);

        asked["redirect_uri"].ToString().ShouldBe($"{stage.Url.OriginalString}/account/links/git/callback");
        (
            asked["response_type"].ToString(),
            asked["code_challenge_method"].ToString(),
            asked["scope"].ToString()
        ).ShouldBe(("code", "S256", "read:user"));
        (asked["state"].ToString().Length, asked["code_challenge"].ToString().Length).ShouldBe((43, 43));
        again["state"].ShouldNotBe(asked["state"]);
        again["code_challenge"].ShouldNotBe(asked["code_challenge"]);
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task TheTokenIsUsedOnceAndBasculesOwnIsNotSentWithTheCode()
    {
        var (ann, _) = await stage.PersonAsync("token");
        var back = stage.Gitea.Agree("token", await AccountStage.LeaveAsync(ann));
        var before = stage.Gitea.Requests.Count;

        await ann.GetAsync(back);

        var asked = stage.Gitea.Requests.Skip(before).Where(request => request.Path != "/api/v1/user/repos").ToList();
        var redeemed = asked.Single(request => request.Path == "/login/oauth/access_token");
        redeemed.Authorization.ShouldNotBeNull().ShouldStartWith("Basic ");
        asked
            .Count(request => request.Authorization?.StartsWith("Bearer ", StringComparison.Ordinal) == true)
            .ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T44")]
    [Trait("Threat", "T39")]
    public async Task SomebodyElsesAnswerLinksNobody()
    {
        var (mallory, mallorysPerson) = await stage.PersonAsync("mallory");
        var (ann, person) = await stage.PersonAsync("victim");
        var back = stage.Gitea.Agree("mallory", await AccountStage.LeaveAsync(mallory));

        await ann.GetAsync(back);

        await ShouldRefuseAsync(ann, person, "not begun by you in this browser");
        (await stage.LinksAsync(mallorysPerson)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task AnotherBrowserOfTheSamePersonCannotFinish()
    {
        var (here, person) = await stage.PersonAsync("twice");
        var (there, _) = await stage.SignInAsync("twice");
        var back = stage.Gitea.Agree("twice", await AccountStage.LeaveAsync(here));

        await there.GetAsync(back);

        await ShouldRefuseAsync(there, person, "not begun by you in this browser");
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task AStateIsGoodOnce()
    {
        var (ann, person) = await stage.PersonAsync("replay");
        var address = await AccountStage.LeaveAsync(ann);
        await ann.GetAsync(stage.Gitea.Agree("replay", address));
        await ann.PostAsync(
            "/account/links/git/remove",
            ("account", $"{(await stage.LinksAsync(person))[0].AccountId}")
        );

        await ann.GetAsync(stage.Gitea.Agree("replay", address));

        await ShouldRefuseAsync(ann, person, "finished already");
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task ACodeThatWasMadeForAnotherQuestionIsRefused()
    {
        var (mallory, _) = await stage.PersonAsync("inject");
        var (ann, person) = await stage.PersonAsync("injected");
        var stolen = QueryHelpers.ParseQuery(stage.Gitea.Agree("inject", await AccountStage.LeaveAsync(mallory)).Query)[
            "code"
        ];
        var state = QueryHelpers.ParseQuery((await AccountStage.LeaveAsync(ann)).Query)["state"];

        await ann.GetAsync(
            QueryHelpers.AddQueryString(
                "/account/links/git/callback",
                new Dictionary<string, string?> { ["code"] = stolen, ["state"] = state }
            )
        );

        await ShouldRefuseAsync(ann, person, "did not take the proof");
    }

    [Theory]
    [InlineData("?code=x")]
    [InlineData("?code=x&state=")]
    [InlineData("?code=x&state=made-up")]
    [InlineData("?state=a&state=b&code=x")]
    [Trait("Threat", "T44")]
    public async Task WithoutAStateOfOursNobodyIsAsked(string query)
    {
        var (ann, person) = await stage.PersonAsync($"stateless-{Guid.NewGuid():N}");
        var before = stage.Gitea.Requests.Count(request => request.Path == "/login/oauth/access_token");

        await ann.GetAsync($"/account/links/git/callback{query}");

        await ShouldRefuseAsync(ann, person, "not begun by you in this browser");
        stage.Gitea.Requests.Count(request => request.Path == "/login/oauth/access_token").ShouldBe(before);
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task AStateOfOneForgeIsNoneOfAnother()
    {
        var (ann, person) = await stage.PersonAsync("mixed");
        var back = stage.Gitea.Agree("mixed", await AccountStage.LeaveAsync(ann));

        await ann.GetAsync($"/account/links/gogs/callback{back.Query}");

        await ShouldRefuseAsync(ann, person, "cannot tell whose account is whose");
    }

    [Fact]
    public async Task WhoSaysNoAtTheForgeIsTold()
    {
        var (ann, person) = await stage.PersonAsync("no");
        var state = QueryHelpers.ParseQuery((await AccountStage.LeaveAsync(ann)).Query)["state"];

        await ann.GetAsync(
            $"/account/links/git/callback?error=access_denied&error_description=not%20<b>today&state={state}"
        );

        await ShouldRefuseAsync(ann, person, "git ended the proof: not <b>today");
        ann.Page.ShouldNotContain("<b>");
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task AProofThatWasBegunTooLongAgoIsRefused()
    {
        var (ann, person) = await stage.PersonAsync("slow");
        var state = LinkSecret.NewState();
        await stage.ApplyAsync(
            new BeginLinkProof(
                new LinkProof(
                    state.Digest,
                    state.Way,
                    person.Uid,
                    stage.Uid("git"),
                    SessionToken.Read(ann.SessionCookie)!.Digest
                )
                {
                    CreatedAt = DateTimeOffset.UtcNow.AddMinutes(-16),
                    ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(-1),
                }
            )
        );

        await ann.GetAsync($"/account/links/git/callback?code=x&state={state.Text.Reveal()}");

        await ShouldRefuseAsync(ann, person, "begun too long ago");
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task APageOfAnotherSiteBeginsNothing()
    {
        var (ann, person) = await stage.PersonAsync("cross");
        ann.Site = "cross-site";

        await ann.PostAsync("/account/links/git");

        ann.Status.ShouldBe(HttpStatusCode.Forbidden);
        (
            await stage.Get<ILinkProofs>().FindAsync(person.Uid, stage.Uid("git"), ProofWay.OAuth2, default)
        ).ShouldBeNull();
    }

    private async Task ShouldRefuseAsync(Visitor visitor, Person person, string said)
    {
        ((int)visitor.Status).ShouldBeInRange(400, 499, visitor.Page);
        WebUtility.HtmlDecode(visitor.Page).ShouldContain(said);
        (await stage.LinksAsync(person)).ShouldBeEmpty();
    }
}
