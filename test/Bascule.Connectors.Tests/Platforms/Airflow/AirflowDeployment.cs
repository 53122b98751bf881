using Bascule.Connectors.Platforms.Airflow;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Simulators.Airflow;
using Bascule.Testing.Platforms;
using Bascule.Testing.Storage;

namespace Bascule.Connectors.Tests.Platforms.Airflow;

/// <summary>One deployment to a simulated Airflow, whose repository's main is the deploy ref that it follows.</summary>
internal sealed class AirflowDeployment : IAsyncDisposable
{
    private readonly AirflowStage _stage;
    private readonly List<IDisposable> _platforms = [];
    private DateTimeOffset? _moved;

    private AirflowDeployment(AirflowStage stage)
    {
        _stage = stage;
        Run = Sample.Run(RunId.New().Text) with { CreatedAt = stage.Clock.GetUtcNow() };
        Source = AirflowStage.Source();
        Platform = Connect();
    }

    public AirflowStage Stage => _stage;
    public AirflowEnvironment Environment { get; set; } = new() { Policy = new DagPolicy { Folder = "" } };
    public AirflowTask Task { get; set; } = new();
    public string Source { get; set; }
    public Run Run { get; set; }
    public IPlatform Platform { get; }
    public List<string> Said { get; } = [];

    /// <summary>How often the ref was asked to move.</summary>
    public int Moves { get; private set; }

    public Problem? Stuck { get; set; }

    public static async Task<AirflowDeployment> StageAsync(AirflowGeneration generation) =>
        new(await AirflowStage.StartAsync(generation));

    public AirflowPlatform Connect(string password = AirflowStage.Password)
    {
        var options = _stage.Options(new AirflowAccount.Password("bridge", new Secret(password)));
        var platform = new AirflowPlatform(options, _stage.Http(options), _stage.Clock);
        _platforms.Add(platform);
        return platform;
    }

    public Task<Result<PlatformPlan>> PlanAsync() =>
        Platform.PlanAsync(
            new PlanRequest("deploy", Task, "prod", Environment, "ml/churn", Run.Commit, Tree.Content, Tree),
            default
        );

    public MemoryTree Tree => MemoryTree.Of(("churn.py", Source));

    /// <summary>Plans it and moves the ref.</summary>
    public async Task<PlatformRun> StartAsync()
    {
        var plan = await PlanAsync();
        plan.Problem.ShouldBeNull();
        Run = Run with { Plan = plan.Value.Json };
        var started = await TryStartAsync(Platform);
        started.Problem.ShouldBeNull();
        Run = Run with { PlatformRunId = started.Value.Id };
        return started.Value;
    }

    public Task<Result<PlatformRun>> TryStartAsync(IPlatform platform) =>
        platform.StartAsync(
            new StartRequest(Run, "mark", Task, Environment, Tree, _stage.Identity, _stage.Audit, Said.Add)
            {
                MoveDeployRef = _ => System.Threading.Tasks.Task.FromResult(Move()),
            },
            default
        );

    public async Task<Observation> LookAsync()
    {
        var seen = await TryLookAsync();
        seen.Problem.ShouldBeNull();
        // As the server keeps it.
        Run = Run with
        {
            PlatformPage = seen.Value.Page ?? Run.PlatformPage,
        };
        return seen.Value;
    }

    public Task<Result<Observation>> TryLookAsync() => Platform.ObserveAsync(Started, default);

    public Task<Result<Done>> CancelAsync()
    {
        Run = Run with { CancelRequested = true };
        return Platform.CancelAsync(Started, default);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var platform in _platforms)
            platform.Dispose();
        await _stage.DisposeAsync();
    }

    private StartedRun Started => new(Run, "mark", Task, Environment, _stage.Identity, _stage.Audit);

    private Result<DateTimeOffset> Move()
    {
        Moves++;
        if (Stuck is { } problem)
            return problem;
        if (_moved is { } at)
            return at;
        _moved = _stage.Clock.GetUtcNow();
        Run = Run with { Commit = CommitId.Parse(_stage.Repository.Commit(("churn.py", Source))) };
        _stage.Clock.Advance(TimeSpan.FromSeconds(2));
        return _moved.Value;
    }
}
