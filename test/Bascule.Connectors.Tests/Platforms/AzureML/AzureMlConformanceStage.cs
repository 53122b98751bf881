using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>The strict simulator of a workspace behind Azure Resource Manager and Entra. No live workspace was ever available.</summary>
public sealed class AzureMlConformanceStage : PlatformStage, IKeepsRuns, ITrains, IPromotes
{
    private readonly SigningIdentity _stranger = new("https://bascule.example.com", "env:stranger");
    private AzureMlStage _stage = null!;
    private int _made;
    private int _effects;

    internal AzureMlStage Workspace => _stage;

    public override string Kind => AzureMlDefaults.Kind;

    public override IRunIdentity Identity => AzureMlStage.Identity;

    public override IRunIdentity Stranger => _stranger;

    public override PlatformEnvironment Environment => Brings;

    internal AzureMlEnvironment Brings { get; set; } = new();

    public override string Target => "ml/churn";

    public override int Effects => Volatile.Read(ref _effects);

    public override int Calls => _stage.Calls;

    public override IEnumerable<string> Secrets =>
        [.. AzureMlStage.Identity.Signed, .. _stranger.Signed, .. _stage.Simulator.Issued];

    public string LastWords => "the data has no column 'age'";

    public string Model => "churn";

    public StagedCode Training => Of("train") with { Task = TaskOf("train") with { Model = Model } };

    public override StagedCode NewWork() => Of("work");

    public override StagedCode NewEndless() => Of("wait");

    public StagedCode NewFailing() => Of("fail");

    public void Delete(StagedRun run) => _stage.Simulator.Job(run.PlatformId!).Delete();

    public override IPlatform Connect() => _stage.Connect();

    public override Func<bool> LoseNextAnswer()
    {
        _stage.Simulator.ClearFaults();
        _stage.Simulator.Inject(Fault.AbortAfter("PUT", "/jobs/"));
        return () => !_stage.Simulator.HasFaults;
    }

    public string MoveOperation => "azureml.models.stage.set";

    public Func<bool> LoseNextMove()
    {
        _stage.Simulator.ClearFaults();
        _stage.Simulator.Inject(Fault.AbortAfter("PUT", "/models/"));
        return () => !_stage.Simulator.HasFaults;
    }

    public override async Task InitializeAsync()
    {
        _stage = await AzureMlStage.StartAsync();
        _stage.Simulator.OnSubmitted = Play;
    }

    public override async Task DisposeAsync()
    {
        _stranger.Dispose();
        await _stage.DisposeAsync();
    }

    /// <summary>Something else each time.</summary>
    internal StagedCode Of(string what) =>
        new(MemoryTree.Of(("train.py", $"print({++_made})"), ("lib/data.py", "x = 1")), TaskOf(what));

    internal static AzureMlTask TaskOf(string what) =>
        new()
        {
            Job = new CommandJob
            {
                Command = $"python train.py {what} --run {{{{run}}}}",
                Environment = AssetReference.Parse("azureml:sklearn:1")!,
            },
        };

    /// <summary>What a job's program would do, look by look.</summary>
    private void Play(AmlJob job)
    {
        var command = (string)JsonNode.Parse(job.Submitted)!["command"]!;
        if (command.Contains(" wait ", StringComparison.Ordinal))
            job.AtLooks(Run);
        else if (command.Contains(" fail ", StringComparison.Ordinal))
            job.AtLooks(
                Run,
                one =>
                {
                    one.Log($"reading\n{LastWords}\n");
                    one.Finish(succeeded: false);
                }
            );
        else
            job.AtLooks(Run, one => End(one, command.Contains(" train ", StringComparison.Ordinal)));
    }

    private static void Run(AmlJob job) => job.MoveTo("Running");

    private void End(AmlJob job, bool trains)
    {
        job.Log("trained\n");
        if (trains)
        {
            job.LogMetric("rmse", 0.25);
            job.RegisterModel(Model);
        }
        Interlocked.Increment(ref _effects);
        job.Finish();
    }
}
