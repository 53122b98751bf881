using Bascule.Connectors.Platforms.Airflow;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Simulators.Airflow;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Airflow;

/// <summary>The strict Airflow simulator, which follows a real repository by a real git. No live Airflow was ever available.</summary>
public abstract class AirflowConformanceStage(AirflowGeneration generation) : PlatformStage, IKeepsRuns, IDeploys
{
    private const string File = "churn.py";
    private readonly List<IDisposable> _platforms = [];
    private readonly SigningIdentity _stranger = new("https://bascule.example", "env:stranger");
    private readonly Dictionary<ContentId, string> _sources = [];
    private readonly Dictionary<RunId, DateTimeOffset> _moved = [];
    private AirflowStage _stage = null!;

    public override string Kind => AirflowDefaults.Kind;

    public override IRunIdentity Identity => _stage.Identity;

    public override IRunIdentity Stranger => _stranger;

    public override PlatformEnvironment Environment { get; } =
        new AirflowEnvironment { Policy = new DagPolicy { Folder = "" } };

    public override string Target => "ml/churn";

    public override int Effects => _stage.Simulator.RunCount;

    public override int Calls => _stage.Simulator.Exchanges.Count;

    public override IEnumerable<string> Secrets =>
        [AirflowStage.Password, .. _stage.Identity.Signed, .. _stranger.Signed];

    public string LastWords => "task load: failed";

    public string UnfitFile => File;

    private bool IsTrusting => generation == AirflowGeneration.Three;

    public override StagedCode NewWork() => Code($"# {Guid.NewGuid()}\n");

    /// <summary>Time passes between looks alone, and each of its tasks takes several of them.</summary>
    public override StagedCode NewEndless() => NewWork();

    public StagedCode NewFailing() => Code($"# {Guid.NewGuid()}\n# simulator: fails load\n");

    public StagedCode NewUnfit() => new(MemoryTree.Of((File, "with DAG(\n")), new AirflowTask { Run = "churn" });

    public override IPlatform Connect()
    {
        var options = _stage.Options(
            IsTrusting
                ? new AirflowAccount.Signed(AirflowStage.Audience)
                : new AirflowAccount.Password("bridge", new Secret(AirflowStage.Password))
        );
        var platform = new AirflowPlatform(options, _stage.Http(options), _stage.Clock);
        _platforms.Add(platform);
        return platform;
    }

    public override Func<bool> LoseNextAnswer()
    {
        _stage.Simulator.Inject(Fault.AbortAfter("POST", "/dagRuns$"));
        return () => !_stage.Simulator.HasFaults;
    }

    public void Delete(StagedRun run)
    {
        var gone = Fault.Answer("GET", $"/dagRuns/{run.Key}$", 404, """{"detail":"not found"}""");
        _stage.Simulator.Inject(gone with { Times = 10 });
    }

    public override async Task PassAsync()
    {
        (await _stage.Simulator.FollowAsync()).Fault.ShouldBeNull();
        _stage.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    public override Result<DateTimeOffset> MoveDeployRef(Run run)
    {
        if (_moved.TryGetValue(run.Id, out var before))
            return before;
        var moved = _stage.Clock.GetUtcNow();
        _stage.Repository.Move(run.Commit.ToString());
        _stage.Clock.Advance(TimeSpan.FromSeconds(2));
        _moved[run.Id] = moved;
        return moved;
    }

    public override async Task InitializeAsync()
    {
        _stage = await AirflowStage.StartAsync(generation, IsTrusting);
        await _stage.PublishAsync();
    }

    public override async Task DisposeAsync()
    {
        foreach (var platform in _platforms)
            platform.Dispose();
        _stranger.Dispose();
        await _stage.DisposeAsync();
    }

    protected override CommitId CommitOf(StagedCode code) =>
        _sources.TryGetValue(code.Tree.Content, out var source)
            ? CommitId.Parse(_stage.Repository.Prepare((File, source)))
            : base.CommitOf(code);

    private StagedCode Code(string more)
    {
        var source = AirflowStage.Source(more);
        var tree = MemoryTree.Of((File, source));
        _sources[tree.Content] = source;
        return new StagedCode(tree, new AirflowTask { Run = "churn" });
    }
}

public sealed class AirflowThreeStage() : AirflowConformanceStage(AirflowGeneration.Three);

/// <summary>It logs in by a password, which is the same for every run: there are no strangers among runs.</summary>
public sealed class AirflowTwoStage() : AirflowConformanceStage(AirflowGeneration.Two);
