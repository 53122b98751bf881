using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Lineage;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Lineage;

public sealed class ForeignRunsHandlerTests : IAsyncLifetime
{
    private ServerWorld _world = null!;
    private CommitId _commit;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _world.Mirror.IsStrict = true;
        _commit = _world.Mirror.Commit(ServerWorld.Main, 'a', null, ("train.py", "print(1)"));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task WhatIsFoundIsNotedAndLookedForAgainInAnHour()
    {
        Answers(new ForeignRuns([Foreign("m-1"), Foreign("m-2") with { Commits = [("t", "main")] }], []));

        var result = await HandleAsync();

        result.ShouldBeOfType<RepeatedWork>().Wait.ShouldBe(ForeignRunsHandler.Pause);
        result.Changes.OfType<NoteObservedRun>().ShouldHaveSingleItem().Run.Id.ShouldBe("m-1");
        result.Changes.OfType<ForgetObservedRuns>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task APlatformThatDoesNotAnswerIsTriedAgainAndNeverSetAside()
    {
        Answers(Problem.Denied("the workspace does not take the token"));

        var result = await HandleAsync();

        var again = result.ShouldBeOfType<RepeatedWork>();
        (again.Problem, again.Wait).ShouldBe((null, ForeignRunsHandler.Pause));
    }

    [Fact]
    public async Task AnEnvironmentThatObservesNothingAnyMoreEndsItsRow()
    {
        _world.Platform.Foreign = null;

        (await HandleAsync()).ShouldBeOfType<FinishedWork>();
    }

    /// <summary>Once for each commit that it claims, however often it is seen; until the commit is there after all.</summary>
    [Fact]
    public async Task AClaimOfACommitThatNobodyHasIsToldOnce()
    {
        var claimed = new string('b', 40);
        Answers(new ForeignRuns([Foreign("m-1") with { Commits = [("mlflow.source.git.commit", claimed)] }], []));

        await LookAsync();
        await LookAsync();

        var facts = (await _world.EntriesAsync("run.unfounded")).ShouldHaveSingleItem()["facts"]!;
        ((string)facts["environment"]!, (string)facts["platform_run"]!).ShouldBe(("ml-prod", "m-1"));
        ((string)facts["commit"]!, (string)facts["tag"]!).ShouldBe((claimed, "mlflow.source.git.commit"));
        (await _world.Storage.Lineage.CountUnfoundedAsync(default)).ShouldBe(
            new Dictionary<string, long> { ["ml-prod"] = 1 }
        );

        Answers(
            new ForeignRuns([Foreign("m-1") with { Commits = [("mlflow.source.git.commit", new string('c', 40))] }], [])
        );
        await LookAsync();
        (await _world.EntriesAsync("run.unfounded")).Count.ShouldBe(2);

        Answers(new ForeignRuns([Foreign("m-1")], []));
        await LookAsync();
        (await _world.Storage.Lineage.CountUnfoundedAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task EachLookHasABudgetAndKnowsWhatIsKnown()
    {
        var seen = new ObservedRun("ml-prod", "m-0")
        {
            Platform = "lab-1",
            Repository = ServerWorld.Churn,
            Commit = _commit,
            Tag = "t",
            NotedAt = _world.Clock.GetUtcNow(),
            Models = [new ModelVersion("main.churn.classifier", "3", null)],
        };
        await _world.ApplyAsync(new NoteObservedRun(seen));
        ForeignLook? look = null;
        _world.Platform.Foreign = asked =>
        {
            look = asked;
            return new ForeignRuns([], []);
        };

        await HandleAsync();

        look!.Budget.ShouldBe(ForeignRunsHandler.Budget);
        (await look.KnownVersionsAsync("main.churn.classifier", default)).ShouldBe(["3"]);
        (await look.KnownVersionsAsync("main.churn.other", default)).ShouldBeEmpty();
    }

    private void Answers(Result<ForeignRuns> answer) => _world.Platform.Foreign = _ => answer;

    private ForeignRun Foreign(string id) => new(id) { Commits = [("mlflow.source.git.commit", _commit.ToString())] };

    private async Task LookAsync() => await _world.ApplyAsync([.. (await HandleAsync()).Changes]);

    private Task<WorkResult> HandleAsync()
    {
        var row = new WorkItem(1, "foreign", ForeignRunsHandler.ForeignKind, "ml-prod", 0, _world.Clock.GetUtcNow());
        return SampleForeign.HandlerIn(_world).HandleAsync(row, default);
    }
}
