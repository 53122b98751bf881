using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class DeploymentConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private static readonly RepositoryKey Repository = new("f-one", 7);
    private static readonly DeployPlace Place = new(Repository, "prod");
    private static readonly CommitId First = CommitId.Parse(new string('1', 40));
    private static readonly CommitId Second = CommitId.Parse(new string('2', 40));

    [Fact]
    public async Task TheNewestMoveIsWhereTheRefPoints()
    {
        (await Storage.Deployments.FindAsync(Place, None)).ShouldBeNull();
        var forward = Move(1, First) with { Run = new RunId("0123456789") };
        var further = Move(2, Second);
        var back = Move(3, First) with { RolledBackBecause = "the forecast is empty" };

        await ApplyAsync(new MoveDeployRef(forward));
        await ApplyAsync(new MoveDeployRef(further), new MoveDeployRef(back));

        (await Storage.Deployments.FindAsync(Place, None)).ShouldBe(back);
        (await Storage.Deployments.ReadHistoryAsync(Place, 10, None)).ShouldBe([back, further, forward]);
        (await Storage.Deployments.ReadHistoryAsync(Place, 2, None)).ShouldBe([back, further]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(0)]
    public async Task WhoeverDoesNotNameTheNextMoveIsRefused(long generation)
    {
        await ApplyAsync(new MoveDeployRef(Move(1, First)));

        await ShouldConflictAsync(new MoveDeployRef(Move(generation, Second)));

        (await Storage.Deployments.FindAsync(Place, None))!.Commit.ShouldBe(First);
    }

    [Fact]
    public async Task OfThoseWhoMoveAtOnceOneDoes()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(1, 8)
                .Select(number =>
                    Storage.Work.ApplyAsync(
                        [new MoveDeployRef(Move(1, CommitId.Parse(new string((char)('0' + number), 40))))],
                        None
                    )
                )
        );

        answers.Count(answer => answer.Problem is null).ShouldBe(1);
        answers.Count(answer => answer.Problem?.Code == ProblemCode.Conflict).ShouldBe(7);
        (await Storage.Deployments.ReadHistoryAsync(Place, 10, None)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task PlacesAreApart()
    {
        var test = new DeployPlace(Repository, "test");
        var other = new DeployPlace(new RepositoryKey("f-one", 8), "prod");
        await ApplyAsync(new MoveDeployRef(Move(1, First)), new MoveDeployRef(Move(2, Second)));
        await ApplyAsync(
            new MoveDeployRef(Move(1, First) with { Place = test }),
            new MoveDeployRef(Move(1, First) with { Place = other })
        );

        (await Storage.Deployments.ListAsync(Repository, None))
            .Select(one => (one.Place, one.Commit))
            .ShouldBe([(Place, Second), (test, First)]);
        (await Storage.Deployments.ListAsync("prod", None))
            .Select(one => (one.Place, one.Commit))
            .ShouldBe([(Place, Second), (other, First)]);
        (await Storage.Deployments.ListAsync("nowhere", None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatIsFollowedIsTheNewestMoveAndTheNameOfItsRepository()
    {
        var nameless = new DeployPlace(new RepositoryKey("f-one", 8), "prod");
        var known = new ForgeRepository
        {
            Id = Repository.Id,
            Owner = "ml",
            Name = "dags",
            DefaultBranch = "main",
        };
        await ApplyAsync(new SaveRepository(Repository, known));
        await ApplyAsync(new MoveDeployRef(Move(1, First)), new MoveDeployRef(Move(2, Second)));
        await ApplyAsync(new MoveDeployRef(Move(1, First) with { Place = nameless }));

        var followed = (await Storage.Deployments.ListFollowedAsync(None)).ShouldHaveSingleItem();

        followed.ShouldBe(new FollowedRef(Move(2, Second), "ml", "dags"));
    }

    [Fact]
    public async Task APackIsReadInItsPartsAsItWasKept()
    {
        byte[] bytes = [.. Enumerable.Range(0, DeployedPack.PartBytes + 3).Select(place => (byte)(place % 251))];
        var (large, small) = (Pack(1, First, bytes.Length), Pack(2, Second, 2));
        await ApplyAsync(new KeepDeployedPack(large, bytes), new KeepDeployedPack(small, new byte[] { 1, 2 }));

        (await Storage.Deployments.ListPacksAsync(Place, None)).ShouldBe([large, small]);
        var first = (await Storage.Deployments.ReadPackAsync(large, 0, None)).ShouldNotBeNull();
        var last = (await Storage.Deployments.ReadPackAsync(large, 1, None)).ShouldNotBeNull();
        first.Concat(last).ShouldBe(bytes);
        (await Storage.Deployments.ReadPackAsync(small, 0, None)).ShouldBe([1, 2]);
        (await Storage.Deployments.ReadPackAsync(small, 1, None)).ShouldBeNull();
        (await Storage.Deployments.ListPacksAsync(new DeployPlace(Repository, "test"), None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task OneNumberIsGivenOnceAndWhatIsForgottenIsGoneWithItsParts()
    {
        var other = Pack(1, First, 1) with { Place = new DeployPlace(Repository, "test") };
        await ApplyAsync(
            new KeepDeployedPack(Pack(1, First, 1), new byte[1]),
            new KeepDeployedPack(other, new byte[1])
        );

        await ShouldConflictAsync(new KeepDeployedPack(Pack(1, Second, 1), new byte[1]));
        await ApplyAsync(new ForgetDeployedPacks(Place), new KeepDeployedPack(Pack(2, Second, 1), new byte[1]));

        (await Storage.Deployments.ListPacksAsync(Place, None)).ShouldHaveSingleItem().Number.ShouldBe(2);
        (await Storage.Deployments.ReadPackAsync(Pack(1, First, 1), 0, None)).ShouldBeNull();
        (await Storage.Deployments.ReadPackAsync(other, 0, None)).ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task ABlockedCommitIsBlockedThereAndItsFirstReasonStays()
    {
        var blocked = new BlockedCommit(Place, Second, "the forecast is empty", "person:p-ada", Noon);
        await ApplyAsync(new BlockCommit(blocked));
        await ApplyAsync(new BlockCommit(blocked with { Because = "another", By = "operator" }));

        (await Storage.Deployments.FindBlockAsync(Place, Second, None)).ShouldBe(blocked);
        (await Storage.Deployments.FindBlockAsync(Place, First, None)).ShouldBeNull();
        (await Storage.Deployments.FindBlockAsync(new DeployPlace(Repository, "test"), Second, None)).ShouldBeNull();
    }

    private static DeployedPack Pack(long number, CommitId commit, long size) =>
        new(Place, number, commit, size, new string('a', 64));

    private static Deployment Move(long generation, CommitId commit) =>
        new(Place, generation, commit, "person:p-ada", Noon.AddMinutes(generation));
}
