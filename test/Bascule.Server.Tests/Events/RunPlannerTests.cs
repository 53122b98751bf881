using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Tests.World;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Events;

public sealed class RunPlannerTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task AGrantedPushIsPlannedAndQueued()
    {
        var run = await PushAsync(ServerWorld.File);

        (run.State, run.Environment, run.Reason).ShouldBe((RunState.Queued, "ml-prod", null));
        run.Plan.ShouldBe($$"""{"content":"{{run.Content}}","run":"train.py"}""");
        run.PlanDigest.ShouldBe(
            Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(run.Plan!))
            )
        );
        run.By.ShouldBe(ServerWorld.Ada);
        (await _world.DueAsync("run.start")).ShouldHaveSingleItem().Subject.ShouldBe(run.Id.Text);
        (await DecisionAsync()).ShouldBe((true, "environments.ml-prod.branches"));
    }

    [Fact]
    public async Task AnEnvironmentThatDoesNotTakeTheBranchRefusesByItsRule()
    {
        var run = await PushAsync(Asking("ml-dev"));

        run.State.ShouldBe(RunState.Refused);
        run.Reason.ShouldBe(
            "environments.ml-dev.branches: environment 'ml-dev' does not take branch 'main'; allowed: none; ask an operator to widen environments.ml-dev.branches"
        );
        (await DecisionAsync()).ShouldBe((false, "environments.ml-dev.branches"));
        (await _world.DueAsync("run")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task ACommitThatWasRolledBackIsRefusedBeforeAnybodyApprovesIt()
    {
        await BlockAsync("ml-prod");

        var run = await PushAsync(ServerWorld.File);

        run.State.ShouldBe(RunState.Refused);
        run.Reason.ShouldNotBeNull().ShouldContain("was rolled back in environment 'ml-prod' (the forecast is empty)");
        (await DecisionAsync()).ShouldBe((false, "rollback"));
        (await _world.DueAsync("run")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T138")]
    public async Task WhatWasRolledBackElsewhereIsPlannedHere()
    {
        await BlockAsync("ml-dev");

        (await PushAsync(ServerWorld.File)).State.ShouldBe(RunState.Queued);
    }

    [Fact]
    public async Task AnUnknownEnvironmentIsRefusedWithThoseThatAreOpen()
    {
        var run = await PushAsync(Asking("prod"));

        run.Reason.ShouldBe("environments: there is no environment 'prod'; open to this repository: ml-prod, ml-dev");
        (await DecisionAsync()).ShouldBe((false, "environments"));
    }

    [Fact]
    public async Task APlatformThatCannotPlanItRefusesInItsOwnWords()
    {
        _world.Platform.PlanProblem = Problem.Invalid("train.py is not in the tree; correct lab.run");

        var run = await PushAsync(ServerWorld.File);

        (run.State, run.Reason).ShouldBe((RunState.Refused, "train.py is not in the tree; correct lab.run"));
        (await DecisionAsync()).Allow.ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T54")]
    public async Task ABrokenFileIsARefusedRunThatNamesTheLine()
    {
        var run = await PushAsync("workflows:\n  churn:\n    on: { psuh: {} }\n    lab: { run: a }\n");

        (run.Workflow, run.State, run.Environment).ShouldBe((".bascule.yaml", RunState.Refused, null));
        run.Reason!.ShouldContain(".bascule.yaml:3:");
        run.Reason!.ShouldContain("psuh");
        (await DecisionAsync()).ShouldBe((false, "workflow file"));
        (await _world.DueAsync("run")).ShouldBeEmpty();
    }

    [Fact]
    public async Task ACommitWithoutAFilePlansNothing()
    {
        _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, ("train.py", "x"));
        await _world.DeliverAsync(Hints.Push());
        await _world.DrainAsync("event");

        (await _world.RunsAsync()).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T60")]
    public async Task EachRefAndEachWorkflowIsDecidedByItself()
    {
        const string Two = """
            workflows:
              allowed:
                on: { push: { branches: ["**"], environment: ml-prod } }
                lab: { run: train.py }
              refused:
                on: { push: { branches: ["**"], environment: ml-dev } }
                lab: { run: train.py }
            """;
        var tip = _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", Two));
        _world.Mirror.Point("refs/heads/side", tip);
        await _world.DeliverAsync(Hints.Push(tip));
        await _world.DeliverAsync(Hints.Push(tip, "refs/heads/side"));

        await _world.DrainAsync("event");

        (await _world.RunsAsync())
            .Select(run => $"{run.Ref.ShortName} {run.Workflow} {run.State}")
            .ShouldBe(
                ["main allowed Queued", "main refused Refused", "side allowed Refused", "side refused Refused"],
                ignoreOrder: true
            );
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task NothingIsPlannedThatCannotBeWrittenDown()
    {
        _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        await _world.DeliverAsync(Hints.Push());
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        (await _world.StepAsync("event")).ShouldBeOfType<RepeatedWork>().Changes.ShouldBeEmpty();

        (await _world.RunsAsync()).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T18")]
    public async Task TheFirstOfManyCommitsCountsForThePathFilter()
    {
        const string Filtered = """
            workflows:
              churn:
                on: { push: { branches: [main], paths: ["model/**"], environment: ml-prod } }
                lab: { run: train.py }
            """;
        CommitId tip = _world.Mirror.Commit(ServerWorld.Main, '0', null, (".bascule.yaml", Filtered), ("a", "0"));
        await _world.DeliverAsync(Hints.Push());
        await _world.DrainAsync("event");
        tip = _world.Mirror.Commit(ServerWorld.Main, '1', tip, ("model/x", "1"));
        for (var digit = '2'; digit <= '8'; digit++)
            tip = _world.Mirror.Commit(ServerWorld.Main, digit, tip, ("readme", $"{digit}"));
        await _world.DeliverAsync(Hints.Push(tip));

        await _world.DrainAsync("event");

        (await _world.RunsAsync()).Select(run => run.Commit).ShouldContain(tip);
    }

    [Fact]
    [Trait("Threat", "T18")]
    public async Task AfterARewriteEverythingCountsForThePathFilter()
    {
        const string Filtered = """
            workflows:
              churn:
                on: { push: { branches: [main], paths: ["model/**"], environment: ml-prod } }
                lab: { run: train.py }
            """;
        _world.Mirror.Commit(ServerWorld.Main, '1', null, (".bascule.yaml", Filtered), ("model/x", "1"), ("a", "1"));
        await _world.DeliverAsync(Hints.Push());
        await _world.DrainAsync("event");
        var tip = _world.Mirror.Commit(ServerWorld.Main, '2', null, (".bascule.yaml", Filtered), ("model/x", "1"));
        await _world.DeliverAsync(Hints.Push(tip));

        await _world.DrainAsync("event");

        (await _world.RunsAsync()).Select(run => run.Commit).ShouldContain(tip);
    }

    private static string Asking(string environment) =>
        ServerWorld.File.Replace("ml-prod", environment, StringComparison.Ordinal);

    private async Task<Run> PushAsync(string file)
    {
        _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", file));
        await _world.DeliverAsync(Hints.Push());
        await _world.DrainAsync("event");
        return (await _world.RunsAsync()).ShouldHaveSingleItem();
    }

    private async Task BlockAsync(string environment)
    {
        var blocked = new BlockedCommit(
            new DeployPlace(ServerWorld.Churn, environment),
            Sample.Commit('a'),
            "the forecast is empty",
            "person:p-ada",
            Sample.Noon
        );
        (await _world.Get<IWorkStore>().ApplyAsync([new BlockCommit(blocked)], default)).Problem.ShouldBeNull();
    }

    private async Task<(bool Allow, string Rule)> DecisionAsync()
    {
        var decision = (await _world.EntriesAsync("run.decided")).ShouldHaveSingleItem()["decision"]!;
        return ((bool)decision["allow"]!, (string)decision["rule"]!);
    }
}
