using System.Security.Cryptography;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Simulators.Databricks;

namespace Bascule.Testing.Platforms;

/// <summary>Bundles on the Databricks simulator, deployed by a stand-in for the Databricks CLI. Neither a live workspace nor the CLI itself was ever there.</summary>
public sealed class SimulatedBundleStage : PlatformStage, IKeepsRuns
{
    public const string Root = "/Workspace/Shared/.bundle/churn/prod";

    /// <summary>As a team writes it, with a target for each developer.</summary>
    public const string Bundle = """
        bundle:
          name: churn

        include:
          - resources/*.yml

        variables:
          depth:
            default: "3"

        targets:
          dev:
            mode: development
            default: true
            workspace:
              root_path: /Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}
          prod:
            mode: production
            workspace:
              root_path: /Workspace/Shared/.bundle/${bundle.name}/${bundle.target}
        """;

    public const string Job = """
        resources:
          jobs:
            train_job:
              name: churn ${bundle.target}
              parameters:
                - name: run
                  default: ""
              permissions:
                - level: CAN_VIEW
                  group_name: data-team
              tasks:
                - task_key: main
                  spark_python_task:
                    python_file: src/train.py
                    parameters: ["{{job.parameters.run}}", "${var.depth}"]
                  environment_key: default
              environments:
                - environment_key: default
                  spec:
                    environment_version: "4"
        """;

    private readonly SimulatedDatabricksStage _inner;

    public SimulatedBundleStage()
        : this(TimeProvider.System) { }

    private SimulatedBundleStage(TimeProvider time) =>
        _inner = new SimulatedDatabricksStage { HasCli = true, Time = time };

    /// <summary>By a clock of the test's own.</summary>
    public static SimulatedBundleStage At(TimeProvider time) => new(time);

    public DatabricksSimulator Simulator => _inner.Simulator;

    public DatabricksCliStandIn Cli => _inner.Cli!;

    public PlatformTask Task => _inner.TaskOf("""{"bundle":{"target":"prod","run":"train_job"} }""");

    public override string Kind => _inner.Kind;

    public override IRunIdentity Identity => _inner.Identity;

    public override IRunIdentity Stranger => _inner.Stranger;

    public override IRunIdentity Planner => _inner.Planner;

    public override PlatformEnvironment Environment => _inner.Environment;

    public override string Target => "bundle:/Workspace/Shared/.bundle/";

    public override int Effects => _inner.Effects;

    public override int Calls => _inner.Calls;

    public override IEnumerable<string> Secrets => _inner.Secrets;

    public string LastWords => "about to fail";

    /// <summary>The bundle with this program.</summary>
    public StagedCode CodeOf(string program) =>
        new(MemoryTree.Of(("databricks.yml", Bundle), ("resources/train.yml", Job), ("src/train.py", program)), Task);

    public override StagedCode NewWork() =>
        CodeOf(
            $"import sys\nprint('trained for', sys.argv[1], '{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}')\n"
        );

    public override StagedCode NewEndless() => CodeOf("import time\ntime.sleep(600)\n");

    public StagedCode NewFailing() => CodeOf("print('about to fail')\nraise SystemExit(1)\n");

    public PlatformEnvironment EnvironmentOf(string json) => _inner.EnvironmentOf(json);

    public HttpClient Colleague() => _inner.Colleague();

    public override IPlatform Connect() => _inner.Connect();

    public override Func<bool> LoseNextAnswer()
    {
        Simulator.Inject(Fault.AbortAfter("POST", "/jobs/run-now$"));
        return () => !Simulator.HasFaults;
    }

    public void Delete(StagedRun run) => _inner.Delete(run);

    public override Task InitializeAsync() => _inner.InitializeAsync();

    public override Task DisposeAsync() => _inner.DisposeAsync();
}
