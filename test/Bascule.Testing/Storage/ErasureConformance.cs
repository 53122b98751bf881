using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Signatures;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class ErasureConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private const string Uid = "p-ada";
    private static readonly Subject Ada = new("https://id.example.com", "00u-ada");
    private static readonly Subject Afterwards = new(Person.ErasedIssuer, "digest");
    private static readonly ForgeLink Link = new("f-one", 3, "ada-l", Uid, "oauth2", Noon);
    private static readonly LegalHold Hold = new(Uid, "case 7", "person:p-admin", Noon);

    [Fact]
    public async Task ThePersonsFirstKeyStays()
    {
        await ApplyAsync(new SavePerson(APerson()), new AddPersonKey(new PersonKey(Uid, [1, 2], Noon)));
        await ApplyAsync(new AddPersonKey(new PersonKey(Uid, [3], Noon.AddDays(1))));

        var key = (await Storage.PersonKeys.FindAsync(Uid, None)).ShouldNotBeNull();

        (key.PersonUid, key.MadeAt).ShouldBe((Uid, Noon));
        key.Sealed.ShouldBe([1, 2]);
        (await Storage.PersonKeys.FindAsync("p-other", None)).ShouldBeNull();
        (await CodeAsync(new AddPersonKey(new PersonKey("p-other", [1], Noon)))).ShouldBe(ProblemCode.Denied);
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task OfWhoIsErasedTheUidIsLeft()
    {
        await RetireAsync();
        await ApplyAsync(new ErasePerson(Uid, Afterwards, Noon.AddHours(2)));

        var left = (await Storage.People.FindAsync(Uid, None)).ShouldNotBeNull();

        (await Storage.PersonKeys.ListErasedAsync(None)).ShouldBe([new(Uid, Afterwards.Id, Noon.AddHours(2))]);
        (left.Name, left.Email, left.Subject).ShouldBe((Person.ErasedName, null, Afterwards));
        (left.RetiredAt, left.ErasedAt).ShouldBe((Noon.AddHours(1), Noon.AddHours(2)));
        left.Groups.ShouldBeEmpty();
        (await Storage.People.FindAsync(Ada, None)).ShouldBeNull();
        (await Storage.PersonKeys.FindAsync(Uid, None)).ShouldBeNull();
        (await Storage.People.ReadLinksAsync(Uid, None)).ShouldBeEmpty();
        (await Storage.ConfirmedKeys.ReadAsync(Uid, None)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task NoKeyComesBackForWhoIsErased()
    {
        await RetireAsync();
        await ApplyAsync(new ErasePerson(Uid, Afterwards, Noon));

        (await CodeAsync(new AddPersonKey(new PersonKey(Uid, [1], Noon)))).ShouldBe(ProblemCode.Denied);
        (await Storage.PersonKeys.FindAsync(Uid, None)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task TheLoginGoesWhereverTheForgeNamedIt()
    {
        await RetireAsync();
        var run = Sample.Run("r-1") with { Repository = new(Link.ForgeUid, 1), By = new(Link.AccountId, Link.Login) };
        var other = Sample.Run("r-2") with { Repository = new(Link.ForgeUid, 1), By = new(4, "bert") };
        await ApplyAsync(new Core.Runs.AddRun(run), new Core.Runs.AddRun(other));

        await ApplyAsync(new ErasePerson(Uid, Afterwards, Noon));

        (await Storage.Runs.FindAsync(run.Id, None))!.By!.Login.ShouldBe(Person.ErasedName);
        (await Storage.Runs.FindAsync(other.Id, None))!.By!.Login.ShouldBe("bert");
        await ShouldConflictAsync(new Core.Runs.SaveRun(run));
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task TheNameGoesFromTheTimelinesOfWhatTheyApprovedAndNoOtherWord()
    {
        await RetireAsync("Li");
        var (approved, other) = (Waiting("r-1"), Waiting("r-2"));
        await ApplyAsync(new Core.Runs.AddRun(approved), new Core.Runs.AddRun(other));
        await ApplyAsync(
            new AddApprovalRequest(new ApprovalRequest(approved.Id, 1, 0, Noon, Noon)),
            new AddApproval(AnApproval(approved))
        );
        foreach (var run in (Core.Runs.Run[])[approved, other])
            await ApplyAsync(
                Said(run, "Li approved it"),
                Said(run, "BREAK-GLASS: Li lets it go"),
                Said(run, "Line 3: Ali")
            );

        await ApplyAsync(new ErasePerson(Uid, Afterwards, Noon));

        (await TextsAsync(approved)).ShouldBe([
            "(erased) approved it",
            "BREAK-GLASS: (erased) lets it go",
            "Line 3: Ali",
        ]);
        (await TextsAsync(other))[0].ShouldBe("Li approved it");
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task ALegalHoldWins()
    {
        await RetireAsync();
        await ApplyAsync(new PlaceLegalHold(Hold));
        (await Storage.People.FindAsync(Uid, None))!.LegalHold.ShouldBe(Hold);

        var refused = await Storage.Work.ApplyAsync([new ErasePerson(Uid, Afterwards, Noon)], None);

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        foreach (var told in (string[])["person:p-admin", "2026-11-21 12:00Z", "case 7", "bascule person release"])
            refused.Problem.Message.ShouldContain(told);
        (await Storage.PersonKeys.FindAsync(Uid, None)).ShouldNotBeNull();
        await ApplyAsync(new ReleaseLegalHold(Uid), new ErasePerson(Uid, Afterwards, Noon));
    }

    [Fact]
    [Trait("Threat", "T121")]
    public async Task AHoldAndAnErasureAtOnceComeOneAfterTheOther()
    {
        await RetireAsync();
        var replica = await OpenReplicaAsync();
        var other = replica ?? Storage;

        var both = await Task.WhenAll(
            Storage.Work.ApplyAsync([new PlaceLegalHold(Hold)], None),
            other.Work.ApplyAsync([new ErasePerson(Uid, Afterwards, Noon)], None)
        );

        both.Count(one => one.Problem is null).ShouldBe(1);
        var person = (await Storage.People.FindAsync(Uid, None))!;
        (person.LegalHold is null).ShouldBe(person.ErasedAt is not null);
        if (replica is not null)
            await replica.DisposeAsync();
    }

    [Fact]
    public async Task AHoldIsPlacedAndReleasedOnce()
    {
        (await CodeAsync(new PlaceLegalHold(Hold))).ShouldBe(ProblemCode.NotFound);
        await ApplyAsync(new SavePerson(APerson()), new PlaceLegalHold(Hold), new SavePerson(APerson()));

        (await CodeAsync(new PlaceLegalHold(Hold with { Reason = "another" }))).ShouldBe(ProblemCode.Conflict);
        (await Storage.People.ListAsync(1, None)).Single().LegalHold.ShouldBe(Hold);
        await ApplyAsync(new ReleaseLegalHold(Uid));

        (await CodeAsync(new ReleaseLegalHold(Uid))).ShouldBe(ProblemCode.NotFound);
        (await Storage.People.FindAsync(Uid, None))!.LegalHold.ShouldBeNull();
    }

    [Fact]
    public async Task OnlyWhoIsRetiredIsErasedAndOnlyOnce()
    {
        (await CodeAsync(new ErasePerson(Uid, Afterwards, Noon))).ShouldBe(ProblemCode.NotFound);
        await ApplyAsync(new SavePerson(APerson()));
        (await CodeAsync(new ErasePerson(Uid, Afterwards, Noon))).ShouldBe(ProblemCode.Conflict);
        (await Storage.People.FindAsync(Ada, None)).ShouldNotBeNull();

        await ApplyAsync(new RetirePerson(Uid, Noon), new ErasePerson(Uid, Afterwards, Noon));

        (await CodeAsync(new ErasePerson(Uid, Afterwards, Noon.AddDays(1)))).ShouldBe(ProblemCode.Conflict);
        (await CodeAsync(new PlaceLegalHold(Hold))).ShouldBe(ProblemCode.Conflict);
        (await Storage.People.FindAsync(Uid, None))!.ErasedAt.ShouldBe(Noon);
    }

    private Task RetireAsync(string name = "Ada Lovelace") =>
        ApplyAsync(
            new SavePerson(APerson() with { Name = name }),
            new SaveForgeLink(Link),
            new ConfirmKey(
                new ConfirmedKey(
                    new SigningKey(SigningKeyKind.Ssh, "SHA256:one", "ssh-ed25519 AAAA"),
                    "f-one",
                    3,
                    Uid,
                    Noon
                )
            ),
            new AddPersonKey(new PersonKey(Uid, [1, 2], Noon)),
            new RetirePerson(Uid, Noon.AddHours(1))
        );

    private async Task<ProblemCode?> CodeAsync(params Core.Work.Change[] changes) =>
        (await Storage.Work.ApplyAsync(changes, None)).Problem?.Code;

    private static Core.Runs.AddTimeline Said(Core.Runs.Run run, string text) =>
        new(run.Id, new Core.Runs.TimelineEntry(Noon, "approval", text));

    private async Task<string[]> TextsAsync(Core.Runs.Run run) =>
        [.. (await Storage.Runs.ReadTimelineAsync(run.Id, None)).Select(entry => entry.Text)];

    private static Core.Runs.Run Waiting(string key) =>
        Sample.Run(key) with
        {
            State = Core.Runs.RunState.AwaitingApproval,
            Content = new Core.Content.ContentId(new string('1', 64)),
            Plan = "{}",
        };

    private static Approval AnApproval(Core.Runs.Run run) =>
        new()
        {
            Uid = Approval.NewUid(),
            Run = run.Id,
            Generation = 1,
            PersonUid = Uid,
            Thing = ApprovedThing.Of(run)!,
            At = Noon,
            Source = ApprovalSource.Bascule,
        };

    private static Person APerson() =>
        new(Uid, Ada)
        {
            Name = "Ada Lovelace",
            Email = "ada@example.com",
            Groups = ["staff"],
            FirstSeenAt = Noon,
            LastSeenAt = Noon,
        };
}
