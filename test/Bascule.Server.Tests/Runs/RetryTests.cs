using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Runs;

public sealed class RetryTests : IAsyncLifetime
{
    private static readonly Observation Failed = new(PlatformRunState.Failed, "it broke", null, null);
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task EachRetryHasTheNextOrdinalAndAKeyOfItsOwn()
    {
        var first = await _world.EndAsync(Failed);

        var second = await RetryAsync(first);
        await _world.DrainAsync("run");
        var third = await RetryAsync(first);

        (first.Ordinal, second.Ordinal, third.Ordinal).ShouldBe((0, 1, 2));
        new[] { first.Key, second.Key, third.Key }.Distinct().Count().ShouldBe(3);
        third.Commit.ShouldBe(first.Commit);
        (third.State, third.Reason, third.PlatformRunId).ShouldBe((RunState.Queued, null, null));
    }

    [Fact]
    public async Task ARetryIsStartedAnew()
    {
        var first = await _world.EndAsync(Failed);

        var second = await RetryAsync(first);
        await _world.DrainAsync("run.start");

        (await _world.FindAsync(second)).PlatformRunId.ShouldBe("p-2");
        var asked = (await _world.EntriesAsync("run.asked")).ShouldHaveSingleItem();
        ((string)asked["actor"]!, (string)asked["facts"]!["asked"]!).ShouldBe(("operator", "retry"));
    }

    [Fact]
    public async Task TwoWhoAskAtOnceGetTheSameRun()
    {
        var first = await _world.EndAsync(Failed);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RetryAsync(first)));

        foreach (var answer in answers)
            (await _world.Storage.Runs.FindAsync(answer.Id, default)).ShouldNotBeNull();
        (await _world.RunsAsync()).Select(run => run.Key).ShouldBeUnique();
    }

    [Fact]
    public async Task ARunThatHasNotEndedIsNotRetried()
    {
        var run = await _world.StartAsync();

        var asked = await _world.Get<IRunCommands>().RetryAsync(run.Id, "operator", default);

        asked.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        asked.Problem.Message.ShouldContain($"bascule run cancel {run.Id}");
    }

    [Fact]
    public async Task ARunThatNeverHadLeaveToRunIsNotRetried()
    {
        var refused = await _world.QueueAsync(
            file: ServerWorld.File.Replace("ml-prod", "ml-dev", StringComparison.Ordinal)
        );

        var asked = await _world.Get<IRunCommands>().RetryAsync(refused.Id, "operator", default);

        asked.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await _world.RunsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task NothingIsRetriedThatCannotBeWrittenDown()
    {
        var first = await _world.EndAsync(Failed);
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        var asked = await _world.Get<IRunCommands>().RetryAsync(first.Id, "operator", default);

        asked.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        (await _world.RunsAsync()).ShouldHaveSingleItem();
    }

    private async Task<Run> RetryAsync(Run run) =>
        (await _world.Get<IRunCommands>().RetryAsync(run.Id, "operator", default)).Value;
}
