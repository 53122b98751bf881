using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class LinkProofConformance(IStorageUnderTest database) : StorageConformance(database)
{
    [Fact]
    public async Task AProofIsFoundAsItWasBegun()
    {
        var proof = AProof();
        await ApplyAsync(Person("p-ada"), new BeginLinkProof(proof));

        (await Storage.LinkProofs.FindAsync("d-1", None)).ShouldBe(proof);
        (await Storage.LinkProofs.FindAsync("p-ada", "f-one", ProofWay.PostedCode, None)).ShouldBe(proof);
        (await Storage.LinkProofs.FindAsync("p-ada", "f-one", ProofWay.OAuth2, None)).ShouldBeNull();
        (await Storage.LinkProofs.FindAsync("p-ada", "f-two", ProofWay.PostedCode, None)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T39")]
    public async Task ALaterProofTakesThePlaceOfAnEarlierOne()
    {
        await ApplyAsync(Person("p-ada"), Person("p-2"));
        await ApplyAsync(new BeginLinkProof(AProof()), new BeginLinkProof(AProof("d-2", "p-2")));
        await ApplyAsync(new BeginLinkProof(AProof("d-3") with { CreatedAt = Noon.AddMinutes(1) }));

        (await Storage.LinkProofs.FindAsync("d-1", None)).ShouldBeNull();
        (await Storage.LinkProofs.FindAsync("d-2", None)).ShouldNotBeNull();
        (await Storage.LinkProofs.FindAsync("d-3", None)).ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T39")]
    public async Task OfTwoThatFinishAProofOneDoes()
    {
        await ApplyAsync(Person("p-ada"), new BeginLinkProof(AProof()));

        var both = await Task.WhenAll(
            Storage.Work.ApplyAsync([new SpendLinkProof("d-1")], None),
            Storage.Work.ApplyAsync([new SpendLinkProof("d-1")], None)
        );

        both.Count(one => one.Problem is null).ShouldBe(1);
        both.Single(one => one.Problem is not null).Problem!.Code.ShouldBe(ProblemCode.Conflict);
    }

    [Fact]
    public async Task AProofIsTriedSoOftenAndNoMore()
    {
        await ApplyAsync(Person("p-ada"), new BeginLinkProof(AProof()));
        await ApplyAsync(new TryLinkProof("d-1", 2), new TryLinkProof("d-1", 2));

        var refused = await Storage.Work.ApplyAsync([new TryLinkProof("d-1", 2)], None);

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Limited);
        (await Storage.LinkProofs.FindAsync("d-1", None))!.Tries.ShouldBe(2);
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task WhoIsRetiredBeginsNone()
    {
        await ApplyAsync(Person("p-ada"), new RetirePerson("p-ada", Noon));

        await ShouldConflictAsync(new BeginLinkProof(AProof()));
    }

    [Fact]
    public async Task WhatHasExpiredIsForgottenWhenSomebodyBegins()
    {
        await ApplyAsync(Person("p-ada"), Person("p-2"), new BeginLinkProof(AProof()));

        await ApplyAsync(new BeginLinkProof(AProof("d-2", "p-2") with { CreatedAt = Noon.AddHours(1) }));

        (await Storage.LinkProofs.FindAsync("d-1", None)).ShouldBeNull();
    }

    private static LinkProof AProof(string digest = "d-1", string person = "p-ada") =>
        new(digest, ProofWay.PostedCode, person, "f-one", "") { CreatedAt = Noon, ExpiresAt = Noon.AddMinutes(15) };

    private static SavePerson Person(string uid) =>
        new(
            new Person(uid, new Subject("https://id.example.com", uid))
            {
                Name = uid,
                FirstSeenAt = Noon,
                LastSeenAt = Noon,
            }
        );
}
