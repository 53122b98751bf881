using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Approvals;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Runs;

/// <summary>A run done over: what is sent, what is refused, what is said.</summary>
public sealed class ReproduceTests : IAsyncLifetime
{
    private const string Measured =
        ServerWorld.File + "\n    report: { metrics: { rmse: { better: lower, tolerance: 0.05 } } }\n";

    private static readonly ReproductionRequest Plainly = new(Because: null, Register: false);
    private static readonly Observation Succeeded = new(PlatformRunState.Succeeded, null, null, null);
    private static readonly Observation Failed = new(PlatformRunState.Failed, "it broke", null, null);
    private readonly FakeStatusForge _forge = new();
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync(_forge);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ItIsTheSamePlanOfTheSameCommitUnderAKeyOfItsOwn()
    {
        var original = await EndAsync(0.31);

        var again = await AskAsync(original, Plainly with { Because = "for the auditor" });
        await _world.DrainAsync("run.start");

        (again.Plan, again.TreeDigest, again.Commit).ShouldBe((original.Plan, original.TreeDigest, original.Commit));
        (again.Trigger.Text, again.Reproduces).ShouldBe(($"reproduction:{original.Id}", original.Id));
        (await _world.FindAsync(again)).PlatformRunId.ShouldBe("p-2");
        _world.Platform.Repeated.ShouldBe([original.Plan!, original.Plan!]);
        (await _world.TimelineAsync(again))
            .Take(2)
            .ShouldBe([
                $"reproduce: reproduces run {original.Id}, asked for by operator: for the auditor",
                "reproduce: not pinned: the weather in the lab",
            ]);
        (await _world.TimelineAsync(original)).ShouldContain(
            $"reproduce: run {again.Id} reproduces it, asked for by operator: for the auditor"
        );
        var asked = (await _world.EntriesAsync("run.asked")).ShouldHaveSingleItem()["facts"]!;
        ((string)asked["asked"]!, (string)asked["because"]!).ShouldBe(("reproduce", "for the auditor"));
    }

    [Theory]
    [InlineData(0.31, "reproduced")]
    [InlineData(0.35, "reproduced")]
    [InlineData(0.37, "differs: rmse 0.31 → 0.37")]
    public async Task BothRunsSayWhatCameOfIt(double rmse, string words)
    {
        var original = await EndAsync(0.31, Measured);

        var again = await ReproduceAsync(original, rmse);

        ReproducedOutcome.Words(again).ShouldBe(words);
        (await _world.TimelineAsync(again)).ShouldContain($"reproduce: run {original.Id}: {words}");
        (await _world.TimelineAsync(original)).ShouldContain($"reproduce: run {again.Id}: {words}");
    }

    [Fact]
    public async Task AFailureThatComesBackIsReproduced()
    {
        var original = await _world.EndAsync(Failed);

        var again = await AskAsync(original, Plainly);
        await _world.DrainAsync("run");

        (await _world.FindAsync(again)).Differences.ShouldBe([]);
    }

    [Fact]
    public async Task WhatWouldBeAnotherRunIsNotStarted()
    {
        var original = await EndAsync(0.31);
        _world.Platform.PlanNote = "cluster-2";

        var refused = await ReproduceCommandAsync(original, Plainly);

        refused.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        refused.Problem.Message.ShouldContain("note: absent in the plan, \"cluster-2\" now");
        (await _world.RunsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task WhatBecameAnotherRunWhileItWaitedIsNotStartedEither()
    {
        var original = await EndAsync(0.31);
        var again = await AskAsync(original, Plainly);
        _world.Platform.PlanNote = "cluster-2";

        await _world.DrainAsync("run.start");

        var ended = await _world.FindAsync(again);
        (ended.State, ended.PlatformRunId, ended.Plan).ShouldBe((RunState.Failed, null, original.Plan));
        ended.Reason!.ShouldContain("cluster-2");
        _world.Platform.RunCount.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T72")]
    public async Task OtherFilesUnderTheSameCommitAreNotStarted()
    {
        var original = await EndAsync(0.31);
        _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File), ("x", "y"));

        var refused = await ReproduceCommandAsync(original, Plainly);

        refused.Problem!.Code.ShouldBe(ProblemCode.Denied);
        refused.Problem.Message.ShouldContain("SHA-1");
        (await _world.RunsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task TwoWhoAskAtOnceGetOneRun()
    {
        var original = await EndAsync(0.31);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync(original, Plainly)));
        var later = await AskAsync(original, Plainly);

        answers.Append(later).Select(run => run.Id).Distinct().ShouldHaveSingleItem();
        (await _world.RunsAsync()).Count.ShouldBe(2);
        (await _world.TimelineAsync(original))
            .Count(line => line.Contains("reproduces it", StringComparison.Ordinal))
            .ShouldBe(1);
    }

    [Fact]
    public async Task WhoAsksAfterItHasEndedGetsAnother()
    {
        var original = await EndAsync(0.31);
        var first = await ReproduceAsync(original, 0.31);

        var second = await AskAsync(original, Plainly);

        (first.Ordinal, second.Ordinal).ShouldBe((0, 1));
        second.Key.ShouldNotBe(first.Key);
    }

    [Fact]
    public async Task AModelIsRegisteredAgainOnlyByWhoKnowsIt()
    {
        var original = await EndAsync(0.31);
        _world.Platform.Model = "main.churn.classifier";

        var refused = await ReproduceCommandAsync(original, Plainly);

        refused.Problem!.Message.ShouldContain("registers a version of model main.churn.classifier");
        refused.Problem.Message.ShouldContain("--register");
        (await AskAsync(original, Plainly with { Register = true })).State.ShouldBe(RunState.Queued);
    }

    [Fact]
    public async Task TheForgeHearsNothingOfIt()
    {
        var original = await EndAsync(0.31);
        await _world.DrainAsync("report");
        var posted = _forge.Statuses.Count;

        var again = await AskAsync(original, Plainly);
        _world.Platform.Observation = Failed;
        await _world.DrainAsync("run");

        (await _world.FindAsync(again)).State.ShouldBe(RunState.Failed);
        (await _world.DueAsync("report")).ShouldBeEmpty();
        await _world.ApplyAsync(Bascule.Server.Reports.ReportWork.Status(original, _world.Clock.GetUtcNow()));
        await _world.DrainAsync("report");
        _forge.Statuses.Count.ShouldBe(posted);
    }

    [Fact]
    public async Task NothingIsMeasuredByIt()
    {
        var original = await EndAsync(0.31);
        await ReproduceAsync(original, 0.9);
        _world.Platform.Results = Measuring(0.3);
        await _world.QueueAsync('b');
        await _world.DrainAsync("run");

        var compared = await _world.Get<RunComparisons>().CompareAsync((await _world.RunsAsync())[0], default);

        (compared.Base!.Id, compared.Metrics[0].Base).ShouldBe((original.Id, 0.31));
    }

    [Fact]
    public async Task ARetryOfItIsTheSameReproduction()
    {
        var original = await EndAsync(0.31);
        var first = await ReproduceAsync(original, 0.4);

        var retried = (await _world.Get<IRunCommands>().RetryAsync(first.Id, "operator", default)).Value;

        (retried.Reproduces, retried.Plan, retried.Differences, retried.Ordinal).ShouldBe(
            (original.Id, original.Plan, null, 1)
        );
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task NothingIsReproducedThatCannotBeWrittenDown()
    {
        var original = await EndAsync(0.31);
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        var refused = await ReproduceCommandAsync(original, Plainly);

        refused.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        (await _world.RunsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task WhatWasApprovedOfTheVeryRunCountsAndOnceSomethingElseCameItDoesNot()
    {
        await using var world = await ApprovalStage.OpenAsync();
        var original = await world.PushAsync('a', null, ("churn/train.py", "1"));
        var grace = world.People.Add("grace", 10);
        await world.ApproveAsync(original, grace);
        world.Platform.Observation = Succeeded;
        await world.DrainAsync("run");
        var commands = world.Get<IRunCommands>();

        var carried = (await commands.ReproduceAsync(original.Id, Plainly, "operator", default)).Value;
        await world.DrainAsync("run");
        await world.PushAsync('b', original.Commit, ("churn/train.py", "2"));
        var asked = (await commands.ReproduceAsync(original.Id, Plainly, "operator", default)).Value;

        (carried.State, asked.State).ShouldBe((RunState.Queued, RunState.AwaitingApproval));
        await world.DrainAsync("run");
        world.Platform.RunCount.ShouldBe(2);
    }

    private async Task<Run> EndAsync(double rmse, string file = ServerWorld.File)
    {
        await _world.QueueAsync('a', file);
        _world.Platform.Results = Measuring(rmse);
        _world.Platform.Observation = Succeeded;
        await _world.DrainAsync("run");
        return (await _world.RunsAsync())[0];
    }

    private async Task<Run> ReproduceAsync(Run original, double rmse)
    {
        var again = await AskAsync(original, Plainly);
        _world.Platform.Results = Measuring(rmse);
        await _world.DrainAsync("run");
        return await _world.FindAsync(again);
    }

    private async Task<Run> AskAsync(Run original, ReproductionRequest request) =>
        (await ReproduceCommandAsync(original, request)).Value;

    private Task<Result<Run>> ReproduceCommandAsync(Run original, ReproductionRequest request) =>
        _world.Get<IRunCommands>().ReproduceAsync(original.Id, request, "operator", default);

    private static RunResults Measuring(double rmse) => new([new Metric("rmse", rmse)], [], []);
}
