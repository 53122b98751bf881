using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Runs;

/// <summary>A cancel queues behind nothing, and a run that may exist on the platform is never forgotten there.</summary>
public sealed class CancelTests(QuickStage quick) : IClassFixture<QuickStage>
{
    private const string Submit = "/runs/submit";
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    public async Task EndsARunAtOnceThatWaitsForAnOfflinePlatform()
    {
        var repository = await quick.RepositoryAsync();
        var platformRuns = _stage.Databricks.PlatformRuns;
        _stage.Databricks.GoOffline();
        var commit = await repository.PushChangeAsync("nobody answers");
        var waiting = await WaitUntilWaitingAsync(commit);

        await CancelAsync(waiting);
        var ended = await _stage.WaitForRunAsync(commit);
        _stage.Databricks.Resume();
        await _stage.WaitForRunAsync(await repository.PushChangeAsync("the next one"));

        ended.Run.State.ShouldBe(RunState.Canceled);
        (_stage.Databricks.PlatformRuns - platformRuns).ShouldBe(1);
    }

    [Fact]
    public async Task EndsARunAtOnceWhoseFilesAreStillBeingSent()
    {
        var repository = await quick.RepositoryAsync();
        var platformRuns = _stage.Databricks.PlatformRuns;
        using var gate = new Gate(_stage, "/workspace/import");
        var commit = await repository.PushChangeAsync("being sent");
        await gate.Reached;

        await CancelAsync(await _stage.WaitForRunAsync(commit, _ => true));
        var ended = await _stage.WaitForRunAsync(commit);
        gate.Open();
        await _stage.WaitForRunAsync(await repository.PushChangeAsync("the one after it"));

        ended.Run.State.ShouldBe(RunState.Canceled);
        (_stage.Databricks.PlatformRuns - platformRuns).ShouldBe(1);
    }

    [Fact]
    public async Task StopsARunWhoseStartWasUnderWay()
    {
        // Long enough that it cannot end by itself before it is stopped.
        var repository = await quick.RepositoryAsync(("train.py", "import time\ntime.sleep(600)\n"));
        var platformRuns = _stage.Databricks.PlatformRuns;
        using var gate = new Gate(_stage, Submit);
        var commit = await repository.PushChangeAsync("on its way");
        await gate.Reached;

        await CancelAsync(await _stage.WaitForRunAsync(commit, _ => true));
        gate.Open();

        (await _stage.WaitForRunAsync(commit)).Run.State.ShouldBe(RunState.Canceled);
        (_stage.Databricks.PlatformRuns - platformRuns).ShouldBe(1);
    }

    [Fact]
    public async Task StopsARunWhoseAnswerWasLostBeforeThePlatformWentAway()
    {
        // Long enough that it cannot end by itself while nobody can ask for it.
        var repository = await quick.RepositoryAsync(("train.py", "import time\ntime.sleep(600)\n"));
        var platformRuns = _stage.Databricks.PlatformRuns;
        var lost = 0;
        using var watching = _stage.Watch(passing =>
        {
            if (
                !passing.Path.EndsWith(Submit, StringComparison.Ordinal)
                || passing.Moment != Moment.After
                || lost++ > 0
            )
                return Task.CompletedTask;
            _ = Task.Run(_stage.Databricks.GoOffline);
            throw new BrokenConnectionException();
        });
        var commit = await repository.PushChangeAsync("lost");
        var waiting = await WaitUntilWaitingAsync(commit);

        await CancelAsync(waiting);
        (await _stage.WaitForRunAsync(commit, run => run.Run.CancelRequested)).Run.Final.ShouldBeFalse();
        _stage.Databricks.Resume();

        (await _stage.WaitForRunAsync(commit)).Run.State.ShouldBe(RunState.Canceled);
        (_stage.Databricks.PlatformRuns - platformRuns).ShouldBe(1);
    }

    [Fact]
    public async Task StopsARunningScriptLongBeforeItsEnd()
    {
        var repository = await quick.RepositoryAsync(("train.py", "import time\ntime.sleep(600)\n"));
        var commit = await repository.PushChangeAsync("slow");
        var running = await _stage.WaitForRunAsync(commit, run => run.Run.Reason == "running");

        await CancelAsync(running);

        (await _stage.WaitForRunAsync(commit)).Run.State.ShouldBe(RunState.Canceled);
        await repository.WaitForStatusAsync(commit, "error");
        repository.StatusOf(commit)!.Description.ShouldStartWith("canceled");
    }

    [Fact]
    public async Task RefusesToCancelWhatHasEnded()
    {
        var repository = await quick.RepositoryAsync(("train.py", "raise SystemExit('no')\n"));
        var run = await _stage.WaitForRunAsync(await repository.PushChangeAsync("over"));

        var refused = await _stage.Client.CancelRunAsync(run.Run.Id, CancellationToken.None);

        refused.Problem!.Code.ShouldBe(Core.ProblemCode.Conflict);
    }

    private Task<RunDetail> WaitUntilWaitingAsync(string commit) =>
        _stage.WaitForRunAsync(
            commit,
            run => run.Run.Reason?.StartsWith("waiting to try again", StringComparison.Ordinal) == true
        );

    private async Task CancelAsync(RunDetail run)
    {
        var asked = await _stage.Client.CancelRunAsync(run.Run.Id, CancellationToken.None);
        asked.Problem.ShouldBeNull();
    }
}
