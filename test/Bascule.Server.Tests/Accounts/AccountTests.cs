using System.Net;
using Bascule.Client;
using Bascule.Core.Audit;
using Bascule.Core.People;
using Bascule.Server.Tests.Audit;
using Bascule.Server.Tests.SignIn;

namespace Bascule.Server.Tests.Accounts;

/// <summary>A person's own page, the same from the command line, and the end of a link.</summary>
public sealed class AccountTests(AccountStage stage) : IClassFixture<AccountStage>
{
    [Fact]
    public async Task TheCommandLineLinksByACodeAndUnlinks()
    {
        var (_, person) = await stage.PersonAsync("cli");
        using var client = BasculeClient.ForSession(stage.Url, await stage.BearerAsync(person), stage.CaFile);

        var made = (await client.MakeLinkCodeAsync("gogs", default)).Value;
        var (address, _) = stage.Write("gogs", "cli", made.Code);
        var linked = await client.ProveAccountAsync("gogs", address, default);
        var shown = (await client.GetAccountAsync(default)).Value;
        var removed = await client.UnlinkAccountAsync("gogs", account: null, person: null, default);

        linked.Problem.ShouldBeNull();
        shown.Accounts.ShouldHaveSingleItem().Login.ShouldBe("cli");
        shown.Forges.Select(forge => (forge.Forge, forge.ByOAuth)).ShouldBe([("git", true), ("gogs", false)]);
        removed.Problem.ShouldBeNull();
        (await stage.LinksAsync(person)).ShouldBeEmpty();
    }

    [Fact]
    public async Task EndingALinkIsWrittenDown()
    {
        var (ann, person) = await LinkedAsync("leaver");

        await ann.PostAsync(
            "/account/links/gogs/remove",
            ("account", $"{(await stage.LinksAsync(person))[0].AccountId}")
        );

        ann.Location.ShouldBe(new Uri(stage.Url, "/account?done=unlinked"));
        (await stage.LinksAsync(person)).ShouldBeEmpty();
        var entry = (await stage.EntriesAsync(AuditTypes.AccountUnlinked))[^1];
        ((string)entry["actor"]!, (string)entry["facts"]!["person"]!).ShouldBe(($"person:{person.Uid}", person.Uid));
        new EntrySchema().Judge(entry).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task NobodyEndsALinkOfSomebodyElseByTheirOwnForm()
    {
        var (_, person) = await LinkedAsync("owner-of-it");
        var (mallory, _) = await stage.PersonAsync("other-one");

        await mallory.PostAsync(
            "/account/links/gogs/remove",
            ("account", $"{(await stage.LinksAsync(person))[0].AccountId}")
        );
        var own = mallory.Status;
        await mallory.PostAsync(
            $"/people/{person.Uid}/unlink",
            ("forge", stage.Uid("gogs")),
            ("account", $"{(await stage.LinksAsync(person))[0].AccountId}")
        );

        (own, mallory.Status).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.Forbidden));
        (await stage.LinksAsync(person)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task AnAdministratorEndsALinkOfSomebodyElse()
    {
        var (_, person) = await LinkedAsync("moved-on");
        var (admin, root) = await stage.SignInAsync("root");
        await admin.GetAsync($"/people/{person.Uid}");
        admin.Page.ShouldContain($"people/{person.Uid}/unlink");

        await admin.PostAsync(
            $"/people/{person.Uid}/unlink",
            ("forge", stage.Uid("gogs")),
            ("account", $"{(await stage.LinksAsync(person))[0].AccountId}")
        );

        admin.Status.ShouldBe(HttpStatusCode.SeeOther, admin.Page);
        (await stage.LinksAsync(person)).ShouldBeEmpty();
        ((string)(await stage.EntriesAsync(AuditTypes.AccountUnlinked))[^1]["actor"]!).ShouldBe($"person:{root.Uid}");
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task WhoIsRetiredMeanwhileIsNotLinked()
    {
        var (ann, person) = await stage.PersonAsync("gone");
        var (address, _) = stage.Write("gogs", "gone", await AccountStage.CodeAsync(ann, "gogs"));
        await stage.ApplyAsync(new RetirePerson(person.Uid, DateTimeOffset.UtcNow));

        await AccountStage.ProveAsync(ann, "gogs", address);

        ((int)ann.Status).ShouldBeInRange(300, 499);
        (await stage.LinksAsync(person)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ThePageSaysWhyOneWouldLinkAndNamesEveryForge()
    {
        var (ann, person) = await stage.PersonAsync("reader");

        await ann.GetAsync("/account");

        ann.Status.ShouldBe(HttpStatusCode.OK);
        foreach (
            var text in new[]
            {
                person.Uid,
                "None is linked to you yet",
                "approvals",
                "Prove it at",
                "Get a code",
                "account/links/gogs/code",
            }
        )
            ann.Page.ShouldContain(text);
    }

    [Fact]
    public async Task WhoIsNotSignedInIsLedToTheSignIn()
    {
        var (visitor, _) = await stage.SignInAsync("leaving");
        visitor.Cookies.Clear();

        await visitor.GetAsync("/account");

        visitor.Location!.PathAndQuery.ShouldBe("/sign-in?return=%2Faccount");
    }

    private async Task<(Visitor Visitor, Person Person)> LinkedAsync(string name)
    {
        var (visitor, person) = await stage.PersonAsync(name);
        await AccountStage.ProveAsync(
            visitor,
            "gogs",
            stage.Write("gogs", name, await AccountStage.CodeAsync(visitor, "gogs")).Address
        );
        (await stage.LinksAsync(person)).ShouldHaveSingleItem();
        return (visitor, person);
    }
}
