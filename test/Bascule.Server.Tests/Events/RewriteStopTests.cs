using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Workflows;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Events;

/// <summary>What follows when the history of a branch that an environment runs was rewritten.</summary>
[Trait("Threat", "T106")]
public sealed class RewriteStopTests : IAsyncDisposable
{
    private readonly List<ServerWorld> _worlds = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var world in _worlds)
            await world.DisposeAsync();
    }

    [Fact]
    public async Task TheNewTipIsPlannedAndNotStarted()
    {
        var world = await OpenAsync();
        await world.QueueAsync();

        var run = await RewriteAsync(world);

        (run.State, run.Commit).ShouldBe((RunState.Refused, FakeMirror.Id('b')));
        run.Reason.ShouldBe(
            "environments.ml-prod.rewritten: history of refs/heads/main was rewritten from aaaaaaaa to bbbbbbbb; check it, "
                + $"then run it with `bascule run retry {run.Id}`, or push on top"
        );
        run.PlanDigest.ShouldNotBeNull();
        await world.DrainAsync("run");
        world.Platform.RunCount.ShouldBe(0);
    }

    [Fact]
    public async Task RunsOfTheOldHistoryThatWaitAreSuperseded()
    {
        var world = await OpenAsync();
        var waiting = await world.QueueAsync();

        await RewriteAsync(world);
        await world.DrainAsync("run");

        var ended = await world.FindAsync(waiting);
        (ended.State, world.Platform.RunCount).ShouldBe((RunState.Superseded, 0));
        ended.Reason!.ShouldContain("rewritten from aaaaaaaa to bbbbbbbb while it waited");
    }

    [Fact]
    public async Task OneThatHasStartedGoesOn()
    {
        var world = await OpenAsync();
        var started = await world.StartAsync();

        await RewriteAsync(world);

        (await world.FindAsync(started)).State.ShouldBe(RunState.Started);
    }

    [Fact]
    public async Task WhatWasStoppedIsInTheAuditLogAndInTheTimeline()
    {
        var world = await OpenAsync();
        await world.QueueAsync();

        var run = await RewriteAsync(world);

        var refused = (await world.EntriesAsync("run.decided"))
            .Where(entry => !(bool)entry["decision"]!["allow"]!)
            .Select(entry => ((string)entry["decision"]!["rule"]!, (string)entry["facts"]!["state"]!));
        refused.ShouldBe(
            [("environments.ml-prod.rewritten", "refused"), ("environments.ml-prod.rewritten", "superseded")],
            ignoreOrder: true
        );
        (await world.TimelineAsync(run)).ShouldContain(line => line.StartsWith("ref: history rewritten"));
    }

    [Fact]
    public async Task ARetryOfAnOperatorStartsIt()
    {
        var world = await OpenAsync();
        await world.QueueAsync();
        var run = await RewriteAsync(world);

        var again = await world.Get<IRunCommands>().RetryAsync(run.Id, "operator", default);
        await world.DrainAsync("run.start");

        (await world.FindAsync(again.Value)).State.ShouldBe(RunState.Started);
        again.Value.PlanDigest.ShouldBe(run.PlanDigest);
    }

    [Fact]
    public async Task APushOnTopRunsAgain()
    {
        var world = await OpenAsync();
        await world.QueueAsync();
        await RewriteAsync(world);

        (await world.QueueAsync('c')).State.ShouldBe(RunState.Queued);
    }

    [Fact]
    public async Task ABranchDeletedAndMadeAgainElsewhereStopsToo()
    {
        var world = await OpenAsync();
        await world.QueueAsync();
        world.Mirror.Point(ServerWorld.Main, null);
        await PushAsync(world);

        var run = await RewriteAsync(world);

        run.State.ShouldBe(RunState.Refused);
        run.Reason!.ShouldContain("deleted and made again elsewhere");
    }

    [Fact]
    public async Task AnEnvironmentThatSaysSoRunsIt()
    {
        var world = await OpenAsync(RewrittenHistory.Run);
        var waiting = await world.QueueAsync();

        var run = await RewriteAsync(world);
        await world.DrainAsync("run.start");

        (await world.FindAsync(run)).State.ShouldBe(RunState.Started);
        (await world.FindAsync(waiting)).Reason!.ShouldContain($"superseded by run {run.Id}");
    }

    [Fact]
    public async Task HeadsOfPullRequestsAreRewrittenAndRun()
    {
        var world = await OpenAsync();
        world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        foreach (
            var (digit, action) in new[] { ('b', PullRequestAction.Opened), ('c', PullRequestAction.Synchronized) }
        )
        {
            world.Mirror.Commit("refs/pull/1/head", digit, FakeMirror.Id('a'), ("train.py", "1"));
            await world.DeliverAsync(Hints.Pull(action, FakeMirror.Id(digit)));
            await world.DrainAsync("event");
        }

        (await world.Storage.Repositories.ListUpdatesAsync(ServerWorld.Churn, default))[^1]
            .Move.ShouldBe(RefMove.Rewritten);
        (await world.RunsAsync()).ShouldAllBe(run => run.State == RunState.Queued);
    }

    [Fact]
    public async Task WhatCannotBeWrittenDownIsTriedAgain()
    {
        var world = await OpenAsync();
        var waiting = await world.QueueAsync();
        world.Mirror.Point(ServerWorld.Main, null);
        world.Mirror.Commit(ServerWorld.Main, 'b', parent: null, (".bascule.yaml", ServerWorld.File));
        await world.DeliverAsync(Hints.Push());
        world.Audit.Failing = Problem.Unavailable("the disk is full");

        await world.StepAsync("event");
        (await world.FindAsync(waiting)).State.ShouldBe(RunState.Queued);

        world.Audit.Failing = null;
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.DrainAsync("event");
        (await world.FindAsync(waiting)).State.ShouldBe(RunState.Superseded);
    }

    private async Task<ServerWorld> OpenAsync(RewrittenHistory rewritten = RewrittenHistory.Stop)
    {
        var world = await ServerWorld.OpenAsync(rewritten: rewritten);
        _worlds.Add(world);
        return world;
    }

    private static async Task<Run> RewriteAsync(ServerWorld world)
    {
        world.Mirror.Commit(ServerWorld.Main, 'b', parent: null, (".bascule.yaml", ServerWorld.File));
        await PushAsync(world);
        return (await world.RunsAsync())[0];
    }

    private static async Task PushAsync(ServerWorld world)
    {
        await world.DeliverAsync(Hints.Push());
        await world.DrainAsync("event");
    }
}
