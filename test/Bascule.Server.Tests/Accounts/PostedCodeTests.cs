using System.Net;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.People;
using Bascule.Server.Tests.Audit;
using Bascule.Server.Tests.SignIn;

namespace Bascule.Server.Tests.Accounts;

/// <summary>Linking an account by a comment: what proves it, and what does not.</summary>
public sealed class PostedCodeTests(AccountStage stage) : IClassFixture<AccountStage>
{
    [Theory]
    [InlineData("git")]
    [InlineData("gogs")]
    [Trait("Threat", "T101")]
    public async Task ACommentThatIsTheCodeLinksItsAuthor(string forge)
    {
        var (ann, person) = await stage.PersonAsync($"ann-{forge}");
        var code = await AccountStage.CodeAsync(ann, forge);
        var (address, _) = stage.Write(forge, $"ann-{forge}", $"  {code}\n");

        await AccountStage.ProveAsync(ann, forge, address);

        (ann.Status, ann.Location).ShouldBe(
            (HttpStatusCode.SeeOther, new Uri(stage.Url, "/account?done=linked")),
            ann.Page
        );
        var link = (await stage.LinksAsync(person)).ShouldHaveSingleItem();
        (link.ForgeUid, link.Login, link.Proof).ShouldBe((stage.Uid(forge), $"ann-{forge}", "posted code"));
        var entry = await EntryAsync(AuditTypes.AccountLinked, person);
        new EntrySchema().Judge(entry).ShouldBeEmpty();
        entry.ToJsonString().ShouldNotContain($"ann-{forge}");
        ((long)entry["facts"]!["account"]!).ShouldBe(link.AccountId);
    }

    [Theory]
    [InlineData("> {0}", "among other text")]
    [InlineData("`{0}`", "among other text")]
    [InlineData("my code is {0}", "among other text")]
    [InlineData("bascule-link-abcdefghijklmnopqrstuvwxyz234567", "no comment with your code")]
    [InlineData("nothing", "no comment with your code")]
    [Trait("Threat", "T39")]
    public async Task ACommentThatIsNotJustTheCodeLinksNobody(string body, string said)
    {
        var name = $"quote-{Guid.NewGuid():N}";
        var (ann, person) = await stage.PersonAsync(name);
        var code = await AccountStage.CodeAsync(ann, "gogs");
        var (address, _) = stage.Write("gogs", name, body.Replace("{0}", code, StringComparison.Ordinal));

        await AccountStage.ProveAsync(ann, "gogs", address);

        await ShouldRefuseAsync(ann, person, said);
    }

    [Theory]
    [InlineData("git")]
    [InlineData("gogs")]
    [Trait("Threat", "T39")]
    public async Task ACommentThatWasEditedLinksNobody(string forge)
    {
        var (mallory, person) = await stage.PersonAsync($"edit-{forge}");
        var code = await AccountStage.CodeAsync(mallory, forge);
        var (address, comment) = stage.Write(forge, "owner", "I like it");
        AtForgeTime(
            TimeSpan.FromSeconds(5),
            () =>
                stage
                    .Forge(forge)
                    .EditComment(stage.Forge(forge).FindRepository("acme", "links")!, comment.Id, $"edit-{forge}", code)
        );

        await AccountStage.ProveAsync(mallory, forge, address);

        await ShouldRefuseAsync(mallory, person, "was edited");
    }

    [Fact]
    [Trait("Threat", "T39")]
    public async Task ACommentThatIsOlderThanTheCodeLinksNobody()
    {
        var (ann, person) = await stage.PersonAsync("older");
        var code = await AccountStage.CodeAsync(ann, "gogs");
        var address = "";
        AtForgeTime(TimeSpan.FromMinutes(-1), () => address = stage.Write("gogs", "older", code).Address);

        await AccountStage.ProveAsync(ann, "gogs", address);

        await ShouldRefuseAsync(ann, person, "older than the code");
    }

    [Fact]
    [Trait("Threat", "T39")]
    public async Task ACodeThatSomebodyCopiedLinksNeither()
    {
        var (ann, person) = await stage.PersonAsync("copied");
        await stage.PersonAsync("copier");
        var code = await AccountStage.CodeAsync(ann, "gogs");
        var (address, comment) = stage.Write("gogs", "copied", code);
        stage.Gogs.AddComment(stage.Gogs.FindRepository("acme", "links")!, comment.IssueNumber, "copier", code);

        await AccountStage.ProveAsync(ann, "gogs", address);

        await ShouldRefuseAsync(ann, person, "More than one comment");
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task ACodeIsGoodOnce()
    {
        var (ann, person) = await stage.PersonAsync("once");
        var code = await AccountStage.CodeAsync(ann, "gogs");
        var (address, _) = stage.Write("gogs", "once", code);
        await AccountStage.ProveAsync(ann, "gogs", address);
        await ann.PostAsync(
            "/account/links/gogs/remove",
            ("account", $"{(await stage.LinksAsync(person))[0].AccountId}")
        );

        await AccountStage.ProveAsync(ann, "gogs", address);

        await ShouldRefuseAsync(ann, person, "Make a new one");
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task ACodeThatHasRunOutLinksNobody()
    {
        var (ann, person) = await stage.PersonAsync("late");
        var code = LinkSecret.NewCode();
        var (address, _) = stage.Write("gogs", "late", code.Text.Reveal());
        await stage.ApplyAsync(
            new BeginLinkProof(
                new LinkProof(code.Digest, code.Way, person.Uid, stage.Uid("gogs"), "")
                {
                    CreatedAt = DateTimeOffset.UtcNow.AddMinutes(-16),
                    ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(-1),
                }
            )
        );

        await AccountStage.ProveAsync(ann, "gogs", address);

        await ShouldRefuseAsync(ann, person, "Make a new one");
    }

    [Fact]
    [Trait("Threat", "T39")]
    public async Task ACodeIsGoodForTheForgeAndThePersonItWasMadeFor()
    {
        var (ann, annPerson) = await stage.PersonAsync("bound-a");
        var (bert, bertPerson) = await stage.PersonAsync("bound-b");
        var code = await AccountStage.CodeAsync(ann, "gogs");
        await AccountStage.CodeAsync(ann, "git");
        await AccountStage.CodeAsync(bert, "gogs");
        var atGogs = stage.Write("gogs", "bound-a", code).Address;
        var atGitea = stage.Write("git", "bound-a", code).Address;

        await AccountStage.ProveAsync(bert, "gogs", atGogs);
        await ShouldRefuseAsync(bert, bertPerson, "no comment with your code");
        await AccountStage.ProveAsync(ann, "git", atGitea);
        await ShouldRefuseAsync(ann, annPerson, "no comment with your code");
    }

    [Fact]
    [Trait("Threat", "T39")]
    public async Task AnAccountThatSomebodyElseHasIsRefused()
    {
        var (ann, _) = await stage.PersonAsync("taken");
        var (bert, person) = await stage.PersonAsync("taker");
        await AccountStage.ProveAsync(
            ann,
            "gogs",
            stage.Write("gogs", "taken", await AccountStage.CodeAsync(ann, "gogs")).Address
        );

        var code = await AccountStage.CodeAsync(bert, "gogs");
        await AccountStage.ProveAsync(bert, "gogs", stage.Write("gogs", "taken", code).Address);

        await ShouldRefuseAsync(bert, person, "linked to somebody else");
    }

    [Theory]
    [InlineData("hidden")]
    [InlineData("apart")]
    [InlineData("nothing-there")]
    [Trait("Threat", "T59")]
    public async Task WhatIsHiddenOrElsewhereIsAnsweredLikeWhatIsNotThere(string repository)
    {
        var (ann, person) = await stage.PersonAsync($"peek-{repository}");
        var code = await AccountStage.CodeAsync(ann, "gogs");
        var address =
            repository == "nothing-there"
                ? $"{stage.Gogs.BaseAddress}acme/links/issues/9999"
                : stage.Write("gogs", "owner", code, repository).Address;

        await AccountStage.ProveAsync(ann, "gogs", address);

        await ShouldRefuseAsync(ann, person, "There is no comment with your code");
    }

    [Fact]
    [Trait("Threat", "T78")]
    public async Task NobodyIsAskedForAnAddressOfAnotherServer()
    {
        var (ann, person) = await stage.PersonAsync("elsewhere");
        await AccountStage.CodeAsync(ann, "gogs");

        await AccountStage.ProveAsync(ann, "gogs", $"{stage.Gitea.BaseAddress}acme/links/issues/777");

        await ShouldRefuseAsync(ann, person, "not the address of an issue at this forge");
        stage.Gitea.Requests.ShouldNotContain(request =>
            request.Path.EndsWith("/issues/777/comments", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task ACodeIsTriedTenTimesAndNoMore()
    {
        var (ann, person) = await stage.PersonAsync("often");
        var code = await AccountStage.CodeAsync(ann, "gogs");
        var (address, _) = stage.Write("gogs", "often", "not yet");
        for (var attempt = 0; attempt < 10; attempt++)
            await AccountStage.ProveAsync(ann, "gogs", address);

        await AccountStage.ProveAsync(ann, "gogs", stage.Write("gogs", "often", code).Address);

        await ShouldRefuseAsync(ann, person, "tried too often");
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task APageOfAnotherSiteMakesNoCode()
    {
        var (ann, person) = await stage.PersonAsync("framed");
        ann.Site = "cross-site";

        await ann.PostAsync("/account/links/gogs/code");

        ann.Status.ShouldBe(HttpStatusCode.Forbidden);
        (
            await stage.Get<ILinkProofs>().FindAsync(person.Uid, stage.Uid("gogs"), ProofWay.PostedCode, default)
        ).ShouldBeNull();
    }

    private async Task ShouldRefuseAsync(Visitor visitor, Person person, string said)
    {
        ((int)visitor.Status).ShouldBeInRange(400, 499, visitor.Page);
        WebUtility.HtmlDecode(visitor.Page).ShouldContain(said);
        (await stage.LinksAsync(person)).ShouldBeEmpty();
    }

    private void AtForgeTime(TimeSpan off, Action act)
    {
        stage.ForgeTime.Off = off;
        act();
        stage.ForgeTime.Off = TimeSpan.Zero;
    }

    private async Task<JsonObject> EntryAsync(string type, Person person) =>
        (await stage.EntriesAsync(type)).Last(entry => (string)entry["actor"]! == $"person:{person.Uid}");
}
