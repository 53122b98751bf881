using Bascule.Core.Deployments;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Deployments.Reverting;
using Bascule.Server.Tests.GitProxy;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Deployments.Reverting;

/// <summary>Which rollbacks are still to be taken into the repository.</summary>
[Trait("Threat", "T138")]
public sealed class RollbacksTests(GitStage stage) : IClassFixture<GitStage>
{
    private static int s_places;

    private Rollbacks Rollbacks => new(stage.Get<IDeploymentStore>(), stage.Get<IRunStore>());

    [Fact]
    public async Task ARollbackThatStandsIsFoundWithTheRunThatBroughtTheBadCommit()
    {
        var place = await DeployAsync('a', 'b');

        await RollBackAsync(place, 'a', 3);

        var found = (await Rollbacks.FindAsync(place, 3, default)).ShouldNotBeNull();
        (found.Good, found.Bad).ShouldBe((Sample.Commit('a'), Sample.Commit('b')));
        (found.Run.Commit, found.Branch).ShouldBe((Sample.Commit('b'), Sample.Main));
    }

    [Fact]
    public async Task WhatWasDeployedSinceSaysWhatIsRight()
    {
        var place = await DeployAsync('a', 'b');
        await RollBackAsync(place, 'a', 3);

        await MoveAsync(place, 'c', 4, RunOf(place, 'c'));

        (await Rollbacks.FindAsync(place, 3, default)).ShouldBeNull();
        (await Rollbacks.FindAsync(place, 4, default)).ShouldBeNull("it went forward");
    }

    [Fact]
    public async Task GoingBackOnceMoreTakesBackWhatWasGoneBackTo()
    {
        var place = await DeployAsync('a', 'b', 'c');
        await RollBackAsync(place, 'b', 4);

        await RollBackAsync(place, 'a', 5);

        var found = (await Rollbacks.FindAsync(place, 5, default)).ShouldNotBeNull();
        (found.Bad, found.Run.Commit).ShouldBe((Sample.Commit('b'), Sample.Commit('b')));
    }

    [Fact]
    public async Task WhatCameFromAPullRequestIsOnNoBranch()
    {
        var place = await DeployAsync('a');
        await MoveAsync(place, 'b', 2, RunOf(place, 'b') with { PullRequest = 7 });

        await RollBackAsync(place, 'a', 3);

        (await Rollbacks.FindAsync(place, 3, default)).ShouldBeNull();
    }

    [Fact]
    public async Task ARunThatNobodyKnowsAnyMoreLeavesNothingToTakeBack()
    {
        var place = await DeployAsync('a');
        await MoveAsync(place, 'b', 2, run: null);

        await RollBackAsync(place, 'a', 3);

        (await Rollbacks.FindAsync(place, 3, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("prod.f-one.7")]
    [InlineData("prod.f-one.7@x")]
    [InlineData("prod@3")]
    public void ARowOfAnotherKindIsNone(string subject) => RevertWork.Parse(subject).ShouldBeNull();

    [Fact]
    public void TheRowNamesThePlaceAndTheMove()
    {
        var place = new DeployPlace(Sample.Repository, "dags.prod");
        var back = new Deployment(place, 3, Sample.Commit('a'), "person:p-ada", Sample.Noon);

        var row = ((AddWork)RevertWork.For(back)).Work;

        RevertWork.Parse(row.Subject).ShouldBe((place, 3L));
        row.Once.ShouldBeTrue();
    }

    /// <summary>In an environment of its own: one after the other, each by a run.</summary>
    private async Task<DeployPlace> DeployAsync(params char[] commits)
    {
        var place = new DeployPlace(Sample.Repository, $"prod-{Interlocked.Increment(ref s_places)}");
        foreach (var (index, commit) in commits.Index())
            await MoveAsync(place, commit, index + 1, RunOf(place, commit));
        return place;
    }

    private static Run RunOf(DeployPlace place, char commit) =>
        Sample.Run($"{place.Environment}{commit}") with
        {
            Environment = place.Environment,
            Commit = Sample.Commit(commit),
        };

    private Task MoveAsync(DeployPlace place, char commit, long generation, Run? run) =>
        ApplyAsync([
            .. run is null ? [] : (Change[])[new AddRun(run)],
            new MoveDeployRef(
                new Deployment(place, generation, Sample.Commit(commit), "run:x", Sample.Noon) { Run = run?.Id }
            ),
        ]);

    private Task RollBackAsync(DeployPlace place, char commit, long generation) =>
        ApplyAsync([
            new MoveDeployRef(
                new Deployment(place, generation, Sample.Commit(commit), "person:p-ada", Sample.Noon)
                {
                    RolledBackBecause = "the forecast is empty",
                }
            ),
        ]);

    private async Task ApplyAsync(Change[] changes) =>
        (await stage.Get<IWorkStore>().ApplyAsync(changes, default)).Problem.ShouldBeNull();
}
