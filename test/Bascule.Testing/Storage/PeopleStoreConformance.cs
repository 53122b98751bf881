using Bascule.Core.Identity;
using Bascule.Core.People;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class PeopleStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private static readonly Subject Ada = new("https://id.example.com", "ada");

    [Fact]
    public async Task APersonIsFoundAsTheyWereSaved()
    {
        var saved = APerson() with { Email = "ada@example.com", Groups = ["ml-leads", "staff, all"] };
        await ApplyAsync(new SavePerson(saved));

        var byUid = (await Storage.People.FindAsync("p-ada", None)).ShouldNotBeNull();
        var bySubject = (await Storage.People.FindAsync(Ada, None)).ShouldNotBeNull();

        byUid.Groups.ShouldBe(saved.Groups);
        (byUid with { Groups = saved.Groups }).ShouldBe(saved);
        bySubject.Uid.ShouldBe("p-ada");
    }

    [Theory]
    [InlineData("https://id.example.com", "Ada")]
    [InlineData("https://id.example.com/", "ada")]
    [InlineData("https://other.example.com", "ada")]
    [Trait("Threat", "T39")]
    public async Task NobodyElseIsFoundByAnAlikeSubject(string issuer, string id)
    {
        await ApplyAsync(new SavePerson(APerson()));

        (await Storage.People.FindAsync(new Subject(issuer, id), None)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T154")]
    public async Task ASignInMakesAPersonOfAWorkloadAndNothingMakesAWorkloadOfAPerson()
    {
        var workload = APerson("w-ada") with { Name = "train", Type = ActorType.Workload };
        await ApplyAsync(new SavePerson(workload));
        (await Storage.People.FindAsync(Ada, None))!.Type.ShouldBe(ActorType.Workload);

        await ApplyAsync(new SavePerson(APerson() with { Groups = ["staff"] }), new SavePerson(workload));

        var found = (await Storage.People.FindAsync(Ada, None)).ShouldNotBeNull();
        (found.Uid, found.Type, found.Name).ShouldBe(("w-ada", ActorType.Human, APerson().Name));
        found.Groups.ShouldBe(["staff"]);
        found.ToActor(authenticatedAt: null).AuditName.ShouldBe("person:w-ada");
    }

    [Fact]
    public async Task ASubjectThatIsKnownKeepsItsUidAndItsFirstDay()
    {
        await ApplyAsync(new SavePerson(APerson()));
        await ApplyAsync(
            new SavePerson(
                APerson("p-other") with
                {
                    Name = "Ada L.",
                    FirstSeenAt = Noon.AddDays(1),
                    LastSeenAt = Noon.AddDays(1),
                }
            )
        );

        var found = (await Storage.People.FindAsync(Ada, None)).ShouldNotBeNull();

        (found.Uid, found.Name, found.FirstSeenAt).ShouldBe(("p-ada", "Ada L.", Noon));
        found.LastSeenAt.ShouldBe(Noon.AddDays(1));
        (await Storage.People.FindAsync("p-other", None)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task SigningInAgainDoesNotUndoARetirement()
    {
        await ApplyAsync(new SavePerson(APerson()), new RetirePerson("p-ada", Noon.AddHours(1)));
        await ApplyAsync(new SavePerson(APerson()));
        await ApplyAsync(new RetirePerson("p-ada", Noon.AddHours(2)));

        (await Storage.People.FindAsync(Ada, None))!.RetiredAt.ShouldBe(Noon.AddHours(1));
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task WhoIsRetiredBeforeTheyEverCameStaysSo()
    {
        await ApplyAsync(new SavePerson(APerson() with { RetiredAt = Noon }));
        await ApplyAsync(new SavePerson(APerson("p-later")));

        (await Storage.People.FindAsync(Ada, None))!.IsRetired.ShouldBeTrue();
    }

    [Fact]
    public async Task NobodyIsRetiredInTheirPlace()
    {
        var refused = await Storage.Work.ApplyAsync([new RetirePerson("p-nobody", Noon)], None);

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(Core.ProblemCode.NotFound);
    }

    [Fact]
    public async Task ThoseOfSomeUidsAreFoundWhateverTheyAre()
    {
        foreach (var uid in new[] { "p-a", "w-b", "p-c" })
            await ApplyAsync(
                new SavePerson(
                    APerson(uid) with
                    {
                        Subject = new Subject("https://id.example.com", uid),
                        Type = uid[0] == 'w' ? ActorType.Workload : ActorType.Human,
                    }
                )
            );
        await ApplyAsync(new RetirePerson("w-b", Noon));

        var found = await Storage.People.ListAsync(["p-a", "w-b", "p-none"], None);

        found
            .Select(person => (person.Uid, person.IsRetired))
            .ShouldBe([("p-a", false), ("w-b", true)], ignoreOrder: true);
        (await Storage.People.ListAsync(Array.Empty<string>(), None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task TheyAreListedByNameAndRetiredOnesLast()
    {
        await ApplyAsync(
            new SavePerson(Named("p-1", "Cleo")),
            new SavePerson(Named("p-2", "Ada")),
            new SavePerson(Named("p-3", "Bert")),
            new RetirePerson("p-2", Noon)
        );

        (await Storage.People.ListAsync(10, None)).Select(person => person.Name).ShouldBe(["Bert", "Cleo", "Ada"]);
        (await Storage.People.ListAsync(1, None)).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task AnAccountIsOnePersonsAtMost()
    {
        var link = new ForgeLink("f-one", 3, "ada", "p-ada", "oauth2", Noon);
        await ApplyAsync(new SavePerson(APerson()), new SavePerson(Named("p-2", "Bert")), new SaveForgeLink(link));

        await ShouldConflictAsync(new SaveForgeLink(link with { PersonUid = "p-2" }));
        await ApplyAsync(new SaveForgeLink(link with { Login = "ada2" }));

        (await Storage.People.FindLinkAsync("f-one", 3, None)).ShouldBe(link with { Login = "ada2" });
        (await Storage.People.ReadLinksAsync("p-ada", None)).ShouldHaveSingleItem();
        (await Storage.People.ReadLinksAsync("p-2", None)).ShouldBeEmpty();
        (await Storage.People.FindLinkAsync("f-two", 3, None)).ShouldBeNull();
    }

    [Fact]
    public async Task ARemovedLinkLeavesTheAccountToOthers()
    {
        var link = new ForgeLink("f-one", 3, "ada", "p-ada", "pushed ref", Noon);
        await ApplyAsync(new SavePerson(APerson()), new SavePerson(Named("p-2", "Bert")), new SaveForgeLink(link));

        await ApplyAsync(new RemoveForgeLink("f-one", 3, "p-ada"), new SaveForgeLink(link with { PersonUid = "p-2" }));

        (await Storage.People.FindLinkAsync("f-one", 3, None))!.PersonUid.ShouldBe("p-2");
    }

    [Fact]
    [Trait("Threat", "T39")]
    public async Task OfTwoWhoLinkOneAccountAtOnceOneDoes()
    {
        var link = new ForgeLink("f-one", 3, "ada", "p-ada", "oauth2", Noon);
        await ApplyAsync(new SavePerson(APerson()), new SavePerson(Named("p-2", "Bert")));
        var replica = await OpenReplicaAsync();
        var other = replica ?? Storage;

        var both = await Task.WhenAll(
            Storage.Work.ApplyAsync([new SaveForgeLink(link)], None),
            other.Work.ApplyAsync([new SaveForgeLink(link with { PersonUid = "p-2" })], None)
        );

        both.Count(one => one.Problem is null).ShouldBe(1);
        both.Single(one => one.Problem is not null).Problem!.Code.ShouldBe(Core.ProblemCode.Conflict);
        if (replica is not null)
            await replica.DisposeAsync();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task NoAccountIsLinkedToWhoIsRetired()
    {
        await ApplyAsync(new SavePerson(APerson()), new RetirePerson("p-ada", Noon));

        var refused = await Storage.Work.ApplyAsync(
            [new SaveForgeLink(new ForgeLink("f-one", 3, "ada", "p-ada", "oauth2", Noon))],
            None
        );

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(Core.ProblemCode.Denied);
        (await Storage.People.FindLinkAsync("f-one", 3, None)).ShouldBeNull();
    }

    [Fact]
    public async Task ALinkIsRemovedFromItsOwnPersonOnly()
    {
        var link = new ForgeLink("f-one", 3, "ada", "p-ada", "oauth2", Noon);
        await ApplyAsync(new SavePerson(APerson()), new SavePerson(Named("p-2", "Bert")), new SaveForgeLink(link));

        var refused = await Storage.Work.ApplyAsync([new RemoveForgeLink("f-one", 3, "p-2")], None);

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(Core.ProblemCode.NotFound);
        (await Storage.People.FindLinkAsync("f-one", 3, None)).ShouldBe(link);
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task ThereIsOneFirstAdministratorWhoIsNotRetired()
    {
        await ApplyAsync(new SavePerson(APerson()), new SavePerson(Named("p-2", "Bert")));
        await ApplyAsync(new RetirePerson("p-ada", Noon));
        (await GrantAsync("p-ada")).ShouldBe(Core.ProblemCode.Conflict);
        (await GrantAsync("p-2")).ShouldBeNull();

        await ApplyAsync(new SavePerson(Named("p-3", "Cleo")));
        (await GrantAsync("p-3")).ShouldBe(Core.ProblemCode.Conflict);
        (await Storage.People.FindAsync("p-2", None))!.Granted.ShouldBe(Role.Admin);
        await ApplyAsync(new RetirePerson("p-2", Noon));
        (await GrantAsync("p-3")).ShouldBeNull("who is retired makes room");
    }

    private async Task<Core.ProblemCode?> GrantAsync(string uid) =>
        (await Storage.Work.ApplyAsync([new GrantFirstAdmin(uid)], None)).Problem?.Code;

    private static Person APerson(string uid = "p-ada") =>
        new(uid, Ada)
        {
            Name = "Ada",
            FirstSeenAt = Noon,
            LastSeenAt = Noon,
        };

    private static Person Named(string uid, string name) =>
        new(uid, new Subject("https://id.example.com", uid))
        {
            Name = name,
            FirstSeenAt = Noon,
            LastSeenAt = Noon,
        };
}
