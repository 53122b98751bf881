using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>What is to be sent, which is known without asking anybody.</summary>
public sealed class AzureMlPlanTests : IDisposable
{
    private const string Id = "11111111-2222-3333-4444-555555555555";

    private readonly AzureMlPlatform _platform = new(
        new AzureMlOptions
        {
            Name = "aml",
            Azure = new ArmOptions
            {
                Subject = "platform 'aml'",
                Url = new Uri("https://127.0.0.1:1"),
                Audience = ArmOptions.PublicUrl,
                Authority = new Uri("https://127.0.0.1:1"),
                Account = new ArmAccount.Federation(Id, Id, "api://AzureADTokenExchange"),
            },
            Place = new ArmPlace(Id, "rg"),
            Workspace = "ml-prod",
        },
        TimeProvider.System,
        detail: null
    );

    public void Dispose() => _platform.Dispose();

    [Fact]
    public void SaysWhatWillBeSentWithPlaceholders()
    {
        var plan = Plan(AzureMlConformanceStage.TaskOf("work")).Value;

        var body = JsonNode.Parse(plan.Json)!["call"]!["body"]!["properties"]!;
        ((string)body["command"]!).ShouldBe("python train.py work --run {{run}}");
        ((string)body["environmentId"]!).ShouldEndWith("/workspaces/ml-prod/environments/sklearn/versions/1");
        ((string)body["properties"]!["mlflow.source.git.commit"]!).ShouldBe("{{commit}}");
        plan.Summary[1].ShouldBe("runs python train.py work --run {{run}} on serverless compute in azureml:sklearn:1");
        plan.Target.ShouldBe("workflow:ml/churn/churn");
    }

    [Fact]
    public void AJobOfAFileSendsItsFolder()
    {
        var tree = MemoryTree.Of(
            ("job.yaml", "code: src\ncommand: python train.py\nenvironment: azureml:sklearn:1"),
            ("src/train.py", "print(1)"),
            ("secret.txt", "x")
        );

        var plan = Plan(new AzureMlTask { File = "job.yaml", Model = "churn" }, tree).Value;

        var upload = JsonNode.Parse(plan.Json)!["uploads"]![0]!;
        ((string)upload["folder"]!, (int)upload["files"]!).ShouldBe(("src", 1));
        plan.Target.ShouldBe("model:churn");
    }

    [Fact]
    public void AFolderThatHoldsNothingIsRefused()
    {
        var tree = MemoryTree.Of(
            ("job.yaml", "code: src\ncommand: python train.py\nenvironment: azureml:sklearn:1"),
            ("srcs/train.py", "print(1)")
        );

        Plan(new AzureMlTask { File = "job.yaml", Model = "churn" }, tree)
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain("the folder 'src' holds no files at this commit");
    }

    [Fact]
    public void WhatStaysBehindIsNamed()
    {
        var tree = MemoryTree.Of(("train.py", "print(1)")).Add("data", "../x", TreeEntryKind.Symlink);

        Plan(AzureMlConformanceStage.TaskOf("work"), tree)
            .Value.Warnings.ShouldHaveSingleItem()
            .ShouldStartWith("data is a symbolic link");
    }

    [Theory]
    [InlineData("A.py", "a.py", "differ in letter case only")]
    [InlineData("lib./x.py", "y.py", "is a path that a container cannot hold")]
    [InlineData("a\\b.py", "y.py", "is a path that a container cannot hold")]
    [InlineData("lib//x.py", "y.py", "is a path that a container cannot hold")]
    [InlineData("/x.py", "y.py", "is a path that a container cannot hold")]
    [InlineData("a\nb.py", "y.py", "is a path that a container cannot hold")]
    public void ATreeThatWouldBecomeAnotherOneThereIsRefused(string one, string other, string what) =>
        Plan(AzureMlConformanceStage.TaskOf("work"), MemoryTree.Of((one, "1"), (other, "2")))
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain(what);

    [Fact]
    public void ATreeOfTooManyOrTooLargeFilesIsRefused()
    {
        var many = MemoryTree.Of(("train.py", "1"));
        for (var i = 0; i < AzureMlDefaults.MaxFiles; i++)
            many.Add($"data/{i}", []);
        var large = MemoryTree.Of(("train.py", "1")).Add("data", new byte[AzureMlDefaults.MaxFileBytes + 1]);

        Plan(AzureMlConformanceStage.TaskOf("work"), many).Problem!.Message.ShouldContain("at most 20000; narrow it");
        Plan(AzureMlConformanceStage.TaskOf("work"), large).Problem!.Message.ShouldContain("data has 104857601 bytes");
        (many.Reads, large.Reads).ShouldBe((0, 0));
    }

    [Fact]
    public void AComputeThatTheEnvironmentDoesNotAllowIsRefused()
    {
        var task = AzureMlConformanceStage.TaskOf("work");

        var refused = Plan(task with { Job = task.Job! with { Compute = "gpu" } }).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Denied);
    }

    [Fact]
    public void RepositoriesOfLikeNamesHaveCodeOfTheirOwn()
    {
        var task = AzureMlConformanceStage.TaskOf("work");

        Version("ml/churn-x").ShouldNotBe(Version("ml-churn/x"));

        string Version(string repository) =>
            (string)JsonNode.Parse(Plan(task, repository: repository).Value.Json)!["uploads"]![0]!["version"]!;
    }

    [Fact]
    public void PrintsWhatAnAdministratorTypes()
    {
        var text = _platform.FederationSetup("https://bascule.example", "env:prod-1", "ml-prod");

        text.ShouldContain($"az ad sp create --id {Id}\n");
        text.ShouldContain(
            $"az role assignment create --assignee {Id} --role 'AzureML Data Scientist' --scope '/subscriptions/{Id}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ml-prod'\n"
        );
        text.ShouldContain(
            $$"""az ad app federated-credential create --id {{Id}} --parameters '{"audiences":["api://AzureADTokenExchange"],"issuer":"https://bascule.example","name":"bascule-env-prod-1","subject":"env:prod-1"}'"""
        );
        _platform.PlannerSetup("https://bascule.example", "plan:prod-1", "ml-prod").ShouldStartWith("# Nothing to do");
    }

    private Result<PlatformPlan> Plan(AzureMlTask task, MemoryTree? tree = null, string repository = "ml/churn")
    {
        tree ??= MemoryTree.Of(("train.py", "print(1)"));
        return _platform.Plan(
            new PlanRequest(
                "churn",
                task,
                "ml-prod",
                new AzureMlEnvironment(),
                repository,
                CommitId.Parse(new string('a', 40)),
                tree.Content,
                tree
            )
        );
    }
}
