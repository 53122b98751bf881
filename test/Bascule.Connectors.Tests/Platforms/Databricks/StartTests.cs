using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Databricks;
using Bascule.Core;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

public sealed class StartTests : IDisposable
{
    private readonly DatabricksFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private string Folder => $"/Workspace/Shared/bascule/ml/churn/{_fixture.Tree.Content}";

    private FakeWorkspace Workspace => _fixture.Workspace;

    [Fact]
    public async Task SendsTheTreeAndTheMarkerLast()
    {
        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Value.Id.ShouldBe("42");
        Workspace
            .Imported.Order()
            .ShouldBe([$"{Folder}/.bascule-content", $"{Folder}/data/x.csv", $"{Folder}/train.py"]);
        Workspace.Imported.Last().ShouldBe($"{Folder}/.bascule-content");
        Workspace.To("/mkdirs").Select(call => call.Json["path"]!.GetValue<string>()).ShouldBe([$"{Folder}/data"]);
    }

    [Fact]
    public async Task SubmitsUnderTheRunsKeyWithTheMarkInParameters()
    {
        await _fixture.Platform.StartAsync(_fixture.Start, default);

        var body = Workspace.To("/runs/submit").Single().Json;
        body["idempotency_token"]!.GetValue<string>().ShouldBe(_fixture.Run.Key.Hex);
        var task = body["tasks"]![0]!;
        task["spark_python_task"]!["python_file"]!.GetValue<string>().ShouldBe($"{Folder}/train.py");
        task["spark_python_task"]!["parameters"]!.ToJsonString().ShouldBe($"""["--run","{DatabricksFixture.Mark}"]""");
        body["environments"]![0]!["spec"]!["environment_version"]!.GetValue<string>().ShouldBe("4");
        body["timeout_seconds"]!.GetValue<int>().ShouldBe(3600);
    }

    [Fact]
    public async Task SendsNothingWhenTheMarkerIsThere()
    {
        await _fixture.Platform.StartAsync(_fixture.Start, default);
        var before = Workspace.Imported.Count();

        await _fixture.Connect().StartAsync(_fixture.Start, default);

        Workspace.Imported.Count().ShouldBe(before);
        Workspace
            .To("/runs/submit")
            .Select(call => call.Json["idempotency_token"]!.ToString())
            .Distinct()
            .Count()
            .ShouldBe(1);
    }

    [Fact]
    public async Task SendsOnlyWhatAnInterruptedUploadLeftOut()
    {
        Workspace.Files[$"{Folder}/train.py"] = "print(1)\n"u8.ToArray();

        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();

        Workspace.Imported.ShouldBe([$"{Folder}/data/x.csv", $"{Folder}/.bascule-content"]);
    }

    [Fact]
    public async Task SendsAFileOfAnotherSizeAgain()
    {
        Workspace.Files[$"{Folder}/train.py"] = "print(1"u8.ToArray();

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        Workspace.Imported.ShouldContain($"{Folder}/train.py");
        Workspace.Files[$"{Folder}/train.py"].ShouldBe("print(1)\n"u8.ToArray());
    }

    [Fact]
    [Trait("Threat", "T141")]
    public async Task RefusesAFolderWhoseMarkerNamesOtherContent()
    {
        Workspace.Files[$"{Folder}/.bascule-content"] =
            """{"at":"2026-11-20T11:00:00Z","content":"other","form":"files","tree":"other"}"""u8.ToArray();

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        started.Problem.Message.ShouldContain(Folder);
        Workspace.Imported.ShouldBeEmpty();
        Workspace.To("/runs/submit").ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T141")]
    public async Task RefusesAFolderThatHoldsSomethingElse()
    {
        Workspace.Files[$"{Folder}/somebody.py"] = "import os\n"u8.ToArray();

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Message.ShouldContain("'somebody.py', which Bascule did not put there");
        Workspace.Imported.ShouldBeEmpty();
    }

    [Theory]
    [Trait("Threat", "T141")]
    [InlineData("a-b/c", "/Workspace/Shared/bascule/a-b/c")]
    [InlineData("a/b-c", "/Workspace/Shared/bascule/a/b-c")]
    [InlineData("../prod", "/Workspace/Shared/bascule/%2E./prod")]
    [InlineData("a%2F/b c", "/Workspace/Shared/bascule/a%252F/b%20c")]
    public void GivesEachRepositoryItsOwnFolder(string name, string folder) =>
        $"/Workspace/Shared/bascule/{WorkspacePath.OfRepository(name)}".ShouldBe(folder);

    [Fact]
    public async Task MakesNoCallThatChangesSomethingWithoutAnEntry()
    {
        _fixture.Audit.Failing = Problem.Unavailable("the log is full");

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Message.ShouldBe("the log is full");
        Workspace.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task WritesDownExchangeUploadAndSubmit()
    {
        await _fixture.Platform.StartAsync(_fixture.Start, default);

        _fixture.Audit.Operations.ShouldBe(
            ["databricks.token.exchange", "databricks.workspace.upload", "databricks.runs.submit"],
            ignoreOrder: true
        );
        var upload = _fixture.Audit.Entries.Single(entry => entry.Operation == "databricks.workspace.upload");
        JsonNode.Parse(upload.Details!)!["files"]!.GetValue<int>().ShouldBe(2);
        JsonNode.Parse(upload.Details!)!["tree"]!.GetValue<string>().ShouldBe(_fixture.Tree.TreeDigest);
    }

    [Fact]
    [Trait("Threat", "T133")]
    public async Task AsksWithTheSameTokenWhenTheAnswerWasLost()
    {
        Workspace.Instead = call =>
            call.Path.EndsWith("/submit", StringComparison.Ordinal) ? throw new HttpRequestException("reset") : null;
        var lost = await _fixture.Platform.StartAsync(_fixture.Start, default);
        Workspace.Instead = _ => null;

        var again = await _fixture.Platform.StartAsync(_fixture.Start, default);

        lost.Problem!.IsTransient.ShouldBeTrue();
        again.Value.Id.ShouldBe("42");
        Workspace
            .To("/submit")
            .Select(call => call.Json["idempotency_token"]!.ToString())
            .Distinct()
            .Count()
            .ShouldBe(1);
    }

    [Fact]
    public async Task SaysHowToGoOnWhenTheTokensRunWasDeleted()
    {
        Workspace.Instead = call =>
            call.Path.EndsWith("/submit", StringComparison.Ordinal)
                ? FakeWorkspace.Refuse(400, "INVALID_STATE", "The run with this idempotency token was deleted.")
                : null;

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        started.Problem.IsTransient.ShouldBeFalse();
        started.Problem.Message.ShouldContain("`bascule run retry k3v9x2m8qa`");
    }

    [Fact]
    public async Task StopsAtAFileThatTheWorkspaceFindsTooLarge()
    {
        Workspace.Instead = call =>
            call.Path.EndsWith("/import", StringComparison.Ordinal)
                ? FakeWorkspace.Refuse(400, "MAX_NOTEBOOK_SIZE_EXCEEDED", "File size imported is (10485761 bytes)")
                : null;

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        started.Problem.Message.ShouldContain("MAX_NOTEBOOK_SIZE_EXCEEDED");
        Workspace.Imported.ShouldNotContain($"{Folder}/.bascule-content");
        Workspace.To("/submit").ShouldBeEmpty();
    }

    [Fact]
    public async Task GivesAnExistingJobTheParametersThatItHas()
    {
        (_fixture.Task, _fixture.Environment) = (
            new DatabricksTask { Job = 77 },
            new DatabricksEnvironment { Jobs = [77] }
        );
        Workspace.Instead = call =>
            call.Path == "/api/2.2/jobs/get"
                ? FakeWorkspace.Json(
                    """{"settings":{"parameters":[{"name":"commit","default":""},{"name":"alpha","default":"1"}]}}"""
                )
                : null;

        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Value.Id.ShouldBe("42");

        var body = Workspace.To("/run-now").Single().Json;
        body["job_id"]!.GetValue<long>().ShouldBe(77);
        body["job_parameters"]!.ToJsonString().ShouldBe($$"""{"commit":"{{_fixture.Run.Commit}}"}""");
        body["idempotency_token"]!.GetValue<string>().ShouldBe(_fixture.Run.Key.Hex);
        Workspace.Imported.ShouldBeEmpty();
    }

    [Fact]
    public async Task RefusesAJobThatCannotBeToldTheCommit()
    {
        (_fixture.Task, _fixture.Environment) = (
            new DatabricksTask { Job = 77 },
            new DatabricksEnvironment { Jobs = [77] }
        );
        Workspace.Instead = call => call.Path == "/api/2.2/jobs/get" ? FakeWorkspace.Json("""{"settings":{}}""") : null;

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Message.ShouldContain("job 77 has no parameter 'commit'");
        Workspace.To("/run-now").ShouldBeEmpty();
    }

    [Fact]
    public async Task RefusesAJobThatTheEnvironmentDoesNotName()
    {
        (_fixture.Task, _fixture.Environment) = (
            new DatabricksTask { Job = 77 },
            new DatabricksEnvironment { Jobs = [78] }
        );

        var started = await _fixture.Platform.StartAsync(_fixture.Start, default);

        started.Problem!.Code.ShouldBe(ProblemCode.Denied);
        started.Problem.Message.ShouldContain("jobs: [77]");
        Workspace.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task TurnsNotebooksIntoNotebooksAndLeavesFilesFiles()
    {
        _fixture.Tree = MemoryTree.Of(
            ("nb.py", "# Databricks notebook source\nprint(1)\n"),
            ("explore.ipynb", """{"nbformat":4,"cells":[]}"""),
            ("lib.py", "x = 1\n"),
            ("pack.zip", "PK")
        );
        _fixture.Task = new DatabricksTask
        {
            Notebook = "nb.py",
            Widgets = new Dictionary<string, string> { ["run"] = "{{run}}" },
        };

        (await _fixture.Platform.StartAsync(_fixture.Start, default)).Problem.ShouldBeNull();

        var formats = Workspace
            .To("/import")
            .ToDictionary(
                call => WorkspacePath.Name(call.Json["path"]!.GetValue<string>()),
                call => $"{call.Json["format"]} {call.Json["language"]}".Trim()
            );
        formats.ShouldBe(
            new Dictionary<string, string>
            {
                ["nb"] = "SOURCE PYTHON",
                ["explore"] = "JUPYTER",
                ["lib.py"] = "RAW",
                ["pack.zip"] = "RAW",
                [".bascule-content"] = "RAW",
            },
            ignoreOrder: true
        );
        var task = Workspace.To("/submit").Single().Json["tasks"]![0]!;
        task["notebook_task"]!["notebook_path"]!.GetValue<string>().ShouldBe($"{Folder}/nb");
        task["notebook_task"]!["base_parameters"]!["run"]!.GetValue<string>().ShouldBe(DatabricksFixture.Mark);
    }

    [Fact]
    public async Task UsesTheClusterOrPolicyThatTheEnvironmentNames()
    {
        _fixture.Task = _fixture.Task with { Dependencies = ["scikit-learn==1.7"] };
        _fixture.Environment = new DatabricksEnvironment
        {
            Policy = "P1",
            NodeType = "m5.large",
            Workers = 2,
        };

        await _fixture.Platform.StartAsync(_fixture.Start, default);

        var body = Workspace.To("/submit").Single().Json;
        body["environments"].ShouldBeNull();
        var task = body["tasks"]![0]!;
        task["new_cluster"]!
            .ToJsonString()
            .ShouldBe(
                """{"policy_id":"P1","apply_policy_default_values":true,"node_type_id":"m5.large","num_workers":2}"""
            );
        task["libraries"]!.ToJsonString().ShouldBe("""[{"pypi":{"package":"scikit-learn==1.7"}}]""");
    }
}
