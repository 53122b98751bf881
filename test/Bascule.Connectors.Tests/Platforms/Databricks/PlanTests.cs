using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Databricks;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

public sealed class PlanTests : IDisposable
{
    private const string Pointer = """
        version https://git-lfs.github.com/spec/v1
        oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
        size 12345

        """;

    private readonly DatabricksFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void SaysWhatWouldBeSentWithoutSendingAnything()
    {
        var plan = _fixture.Platform.Plan(_fixture.Planned).Value;

        var json = JsonNode.Parse(plan.Json)!;
        json["call"]!["body"]!["tasks"]![0]!["spark_python_task"]!["parameters"]!
            .ToJsonString()
            .ShouldBe("""["--run","{{run}}"]""");
        json["upload"]!["tree"]!.GetValue<string>().ShouldBe(_fixture.Tree.TreeDigest);
        json["model"]!.GetValue<string>().ShouldBe("main.churn.classifier");
        plan.Target.ShouldBe("model:main.churn.classifier");
        plan.Warnings.ShouldBeEmpty();
        plan.Summary.ShouldContain("registers model main.churn.classifier");
        _fixture.Workspace.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void IsTheSameForTheSameRequest() =>
        _fixture
            .Connect()
            .Plan(_fixture.Planned)
            .Value.Json.ShouldBe(_fixture.Platform.Plan(_fixture.Planned).Value.Json);

    [Fact]
    public void NeedsNoEnvironment()
    {
        var plan = _fixture.Platform.Plan(_fixture.Planned with { Environment = null, EnvironmentName = null }).Value;

        plan.Summary[0].ShouldEndWith("a plan only");
    }

    [Fact]
    public void WritesNoOtherEnvironmentsModel()
    {
        var plan = _fixture.Platform.Plan(
            _fixture.Planned with
            {
                Environment = new DatabricksEnvironment { Catalog = "dev" },
            }
        );

        plan.Value.Target.ShouldBe("model:dev.churn.classifier");
        plan.Value.Json.ShouldNotContain("main.churn");
    }

    [Fact]
    public void TakesTheSchemaOfTheEnvironmentOrAsksForOne()
    {
        _fixture.Task = _fixture.Task with { Model = "classifier" };

        _fixture.Platform.Plan(_fixture.Planned).Problem!.Message.ShouldContain("model 'classifier' names no schema");
        _fixture.Environment = new DatabricksEnvironment { Catalog = "main", Schema = "churn" };
        _fixture.Platform.Plan(_fixture.Planned).Value.Target.ShouldBe("model:main.churn.classifier");
    }

    [Fact]
    public void TargetsTheJobOrTheWorkflowWhereThereIsNoModel()
    {
        _fixture.Task = _fixture.Task with { Model = null };
        _fixture.Platform.Plan(_fixture.Planned).Value.Target.ShouldBe("workflow:ml/churn/churn");

        (_fixture.Task, _fixture.Environment) = (
            new DatabricksTask { Job = long.MaxValue },
            new DatabricksEnvironment { Jobs = [long.MaxValue] }
        );
        _fixture.Platform.Plan(_fixture.Planned).Value.Target.ShouldBe("job:9223372036854775807");
    }

    [Fact]
    public void LeavesLfsPointersLinksAndSubmodulesOutAndNamesThem()
    {
        _fixture
            .Tree.Add("data/big.csv", Pointer)
            .Add("link", "train.py", TreeEntryKind.Symlink)
            .Add("sub", "", TreeEntryKind.Submodule);

        var plan = _fixture.Platform.Plan(_fixture.Planned).Value;

        plan.Warnings.Count.ShouldBe(3);
        plan.Warnings[0]
            .ShouldStartWith(
                "data/big.csv is a Git LFS pointer without its bytes and is left out; commit the file itself"
            );
        plan.Warnings[1].ShouldStartWith("link is a symbolic link");
        plan.Warnings[2].ShouldStartWith("sub is a submodule");
        JsonNode.Parse(plan.Json)!["upload"]!["files"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task SendsNoPointer()
    {
        _fixture.Tree.Add("data/big.csv", Pointer);

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        _fixture.Workspace.Imported.ShouldNotContain(path => path.EndsWith("big.csv", StringComparison.Ordinal));
    }

    [Fact]
    public void LooksAtTheBytesOfASmallFileOnce()
    {
        _fixture.Tree.Add("notes.txt", new string('n', 200));
        _fixture.Platform.Plan(_fixture.Planned);
        var reads = _fixture.Tree.Reads;

        _fixture.Platform.Plan(_fixture.Planned);

        _fixture.Tree.Reads.ShouldBe(reads + 1); // the task's own file
    }

    [Theory]
    [InlineData("missing.py", "'missing.py' is not in the tree")]
    [InlineData("pointer.py", "the task's file pointer.py is a Git LFS pointer")]
    [InlineData("link.py", "the task's file link.py is a symbolic link")]
    [InlineData("nb.py", "'nb.py' is a notebook; write notebook: nb.py")]
    public void RefusesAPythonFileThatCannotRun(string file, string message)
    {
        _fixture
            .Tree.Add("pointer.py", Pointer)
            .Add("link.py", "train.py", TreeEntryKind.Symlink)
            .Add("nb.py", "# Databricks notebook source\n");
        _fixture.Task = _fixture.Task with { Python = file };

        _fixture.Platform.Plan(_fixture.Planned).Problem!.Message.ShouldContain(message);
    }

    [Fact]
    public void RefusesANotebookThatIsNone()
    {
        _fixture.Task = new DatabricksTask { Notebook = "train.py" };

        _fixture.Platform.Plan(_fixture.Planned).Problem!.Message.ShouldContain("'train.py' is no notebook");
    }

    [Fact]
    public void RefusesFilesThatAreTooLargeByNameAndLimit()
    {
        _fixture.Tree.Add("data/huge.bin", new byte[7_800_001]);

        var problem = _fixture.Platform.Plan(_fixture.Planned).Problem!;

        problem.Code.ShouldBe(ProblemCode.Invalid);
        problem.Message.ShouldContain("7800000 bytes (10 MB as base64)");
        problem.Message.ShouldContain("data/huge.bin (7800001 bytes)");
    }

    [Theory]
    [Trait("Threat", "T74")]
    [InlineData("Train.py", "'Train.py' and 'train.py'")]
    [InlineData("DATA/y.csv", "'DATA' and 'data'")]
    public void RefusesNamesThatDifferInCaseOnly(string path, string message)
    {
        _fixture.Tree.Add(path, "x");

        _fixture.Platform.Plan(_fixture.Planned).Problem!.Message.ShouldContain(message);
    }

    [Theory]
    [Trait("Threat", "T74")]
    [InlineData("etl", "'etl'")]
    [InlineData("etl.sql", "'etl'")]
    [InlineData("ETL", "'ETL' and 'etl'")]
    [InlineData("etl/x.py", "'etl'")]
    public async Task RefusesNotebooksThatMeetWithoutTheirExtension(string path, string message)
    {
        _fixture.Tree.Add("etl.py", "# Databricks notebook source\n").Add(path, "-- Databricks notebook source\n");

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Message.ShouldContain(message);
        _fixture.Workspace.Imported.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(".bascule-content", "Bascule's own name")]
    [InlineData("a\u0001b", "a path that a workspace cannot hold")]
    public void RefusesNamesThatCannotBeThere(string path, string message)
    {
        _fixture.Tree.Add(path, "x");

        _fixture.Platform.Plan(_fixture.Planned).Problem!.Message.ShouldContain(message);
    }

    [Fact]
    public void RefusesParametersBeyondTheLimit()
    {
        _fixture.Task = _fixture.Task with { Arguments = [new string('x', 10_001)] };

        _fixture.Platform.Plan(_fixture.Planned).Problem!.Message.ShouldContain("10000 bytes");
    }

    [Fact]
    public void RefusesDependenciesOfANotebookOnServerlessCompute()
    {
        _fixture.Tree.Add("nb.py", "# Databricks notebook source\n");
        _fixture.Task = new DatabricksTask { Notebook = "nb.py", Dependencies = ["numpy"] };

        _fixture.Platform.Plan(_fixture.Planned).Problem!.Message.ShouldContain("%pip install");
        _fixture.Environment = new DatabricksEnvironment { Cluster = "c1" };
        _fixture.Platform.Plan(_fixture.Planned).Problem.ShouldBeNull();
    }

    [Fact]
    public void NamesTheExperimentOrRefusesItsPlaceholder()
    {
        _fixture.Task = _fixture.Task with { Arguments = ["{{experiment}}"] };

        _fixture.Platform.Plan(_fixture.Planned).Problem!.Message.ShouldContain("write experiment:");
        _fixture.Environment = _fixture.Environment with { Experiments = "/Shared/dev" };
        _fixture.Platform.Plan(_fixture.Planned).Value.Json.ShouldContain("\"experiment\":\"/Shared/dev/churn\"");
    }
}
