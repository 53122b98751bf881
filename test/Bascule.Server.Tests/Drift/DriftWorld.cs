using Bascule.Core;
using Bascule.Core.Drift;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Server.Drift;
using Bascule.Server.Tests.World;
using Bascule.Testing.Storage;

namespace Bascule.Server.Tests.Drift;

/// <summary>A world in which <c>ml-prod</c> is compared every hour, and one run has deployed there.</summary>
internal sealed class DriftWorld : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private DriftWorld(ServerWorld world) => World = world;

    public ServerWorld World { get; }

    public Run Deployed { get; private set; } = null!;

    public DriftPlace Place => DriftHandler.PlaceOf(Deployed);

    public EnvironmentConnection Environment => World.Get<EnvironmentConnections>().Find("ml-prod")!;

    public static async Task<DriftWorld> OpenAsync()
    {
        var world = new DriftWorld(
            await ServerWorld.OpenAsync(rules: rule => rule with { DriftEvery = rule.Name == "ml-prod" ? Every : null })
        );
        world.Deployed = await world.DeployAsync('a');
        world.World.Clock.Advance(TimeSpan.FromMinutes(1));
        return world;
    }

    /// <summary>A run that has ended well.</summary>
    public async Task<Run> DeployAsync(char commit, string workflow = "churn", RepositoryKey? repository = null)
    {
        var id = World.Mirror.Commit(
            ServerWorld.Main,
            commit,
            null,
            (".bascule.yaml", ServerWorld.File),
            ("train.py", "print(1)")
        );
        var now = World.Clock.GetUtcNow();
        var run = Sample.Run(RunId.New().Text + RunId.New().Text) with
        {
            Repository = repository ?? ServerWorld.Churn,
            Workflow = workflow,
            Commit = id,
            Plan = """{"kind":"lab"}""",
            Target = "model:churn",
            State = RunState.Succeeded,
            StartBegun = true,
            CreatedAt = now,
            StartedAt = now,
            FinishedAt = now,
        };
        await World.ApplyAsync(new AddRun(run));
        return run;
    }

    public void Finds(params Difference[] differences) =>
        World.Platform.Drift = _ => Result.Of<IReadOnlyList<Difference>>(differences);

    public void Fails(Problem problem) => World.Platform.Drift = _ => problem;

    /// <summary>The row's turn, and what came of it is stored.</summary>
    public async Task<WorkResult> TurnAsync()
    {
        var row = new WorkItem(1, "drift", DriftHandler.DriftKind, "ml-prod", 0, World.Clock.GetUtcNow());
        var result = await World.Get<DriftHandler>().HandleAsync(row, default);
        await World.ApplyAsync([.. result.Changes]);
        return result;
    }

    /// <summary>The same when the time of the next comparison has come.</summary>
    public Task<WorkResult> NextAsync()
    {
        World.Clock.Advance(Every);
        return TurnAsync();
    }

    /// <summary>Null when it was never looked at.</summary>
    public async Task<DriftStanding?> StandingAsync() =>
        (await World.Storage.Drift.ListAsync("ml-prod", default)).FirstOrDefault(one => one.Place == Place);

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
