using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

public sealed class ResultsTests : IDisposable
{
    private const long Start = 1_795_176_000_000;
    private readonly DatabricksFixture _fixture = new();
    private readonly JsonArray _runs = [];
    private readonly JsonArray _versions = [];

    public ResultsTests()
    {
        _fixture.Task = _fixture.Task with { Experiment = "/Shared/churn" };
        _fixture.Workspace.Instead = Answer;
    }

    private FakeWorkspace Workspace => _fixture.Workspace;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task ReadsMetricsAndModelVersionsOfTheRun()
    {
        Add(
            "m1",
            DatabricksFixture.Mark,
            "43",
            metrics: """[{"key":"rmse","value":0.25,"timestamp":1,"step":3},{"key":"auc","value":1}]"""
        );
        AddVersion(7, "m1");
        AddVersion(6, "m0");

        var results = await ReadAsync();

        results
            .Metrics.Select(metric => $"{metric.Name}={metric.Value.ToString(CultureInfo.InvariantCulture)}")
            .ShouldBe(["rmse=0.25", "auc=1"]);
        results.Models.ShouldBe([new("main.churn.classifier", "7", null)]);
        results.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task AsksByOurTagAndByThePlatformsOfRunAndTask()
    {
        await ReadAsync();

        Workspace
            .To("/runs/search")
            .Select(call => call.Json["filter"]!.GetValue<string>())
            .ShouldBe([
                $"tags.`bascule.run` = '{DatabricksFixture.Mark}'",
                "tags.`mlflow.databricks.jobRunID` = '42'",
                "tags.`mlflow.databricks.jobRunID` = '43'",
            ]);
        Workspace.To("/runs/search").ShouldAllBe(call => call.Json["experiment_ids"]!.ToJsonString() == """["e1"]""");
    }

    [Theory]
    [Trait("Threat", "T134")]
    [InlineData("another.seal", "43", 0, "another one's")]
    [InlineData(null, "43", 0, "has no bascule.run")]
    [InlineData(DatabricksFixture.Mark, "99", 0, "names run '99'")]
    [InlineData(DatabricksFixture.Mark, "43", -3_600_000, "began before")]
    [InlineData(DatabricksFixture.Mark, "43", 7_200_000, "began after")]
    public async Task LeavesOutARunThatOnlyClaimsToBeThisOne(string? mark, string jobRun, long shift, string reason)
    {
        Add("forged", mark, jobRun, shift);

        var results = await ReadAsync();

        results.Metrics.ShouldBeEmpty();
        results.Models.ShouldBeEmpty();
        results.Warnings.ShouldHaveSingleItem().ShouldContain(reason);
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task TakesTheRunBesideAForgedOneAndNamesTheForgery()
    {
        Add("mine", DatabricksFixture.Mark, "43");
        Add("forged", DatabricksFixture.Mark, "99", metrics: """[{"key":"rmse","value":0}]""");

        var results = await ReadAsync();

        results.Metrics.Single().Value.ShouldBe(0.5);
        results.Warnings.ShouldHaveSingleItem().ShouldContain("forged");
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task PrefersTheRunThatThePlatformTagged()
    {
        Add("copied", DatabricksFixture.Mark, null, metrics: """[{"key":"rmse","value":0}]""");
        Add("mine", DatabricksFixture.Mark, "43");

        (await ReadAsync()).Metrics.Single().Value.ShouldBe(0.5);
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task ReadsNoneWhereNothingTellsTwoApart()
    {
        Add("one", DatabricksFixture.Mark, "43");
        Add("two", DatabricksFixture.Mark, "42");

        var results = await ReadAsync();

        results.Metrics.ShouldBeEmpty();
        results.Warnings.ShouldHaveSingleItem().ShouldContain("one, two");
    }

    [Fact]
    public async Task PrefersTheParentOfNestedRuns()
    {
        Add("parent", DatabricksFixture.Mark, "43");
        Add("child", DatabricksFixture.Mark, "43", metrics: "[]", parent: "parent");

        (await ReadAsync()).Metrics.Single().Name.ShouldBe("rmse");
    }

    [Fact]
    public async Task TakesAnUntaggedRunOfAWorkflowThatPassesNoMarkAndSaysSo()
    {
        _fixture.Task = _fixture.Task with { Arguments = [] };
        Add("mine", null, "43");

        var results = await ReadAsync();

        results.Metrics.ShouldHaveSingleItem();
        results.Warnings.ShouldHaveSingleItem().ShouldContain("by the platform's job-run tag alone");
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task BoundsMetricsByNumberNameAndValue()
    {
        var metrics = new JsonArray(
            Metric("__proto__", 1),
            Metric(new string('n', 251), 1),
            new JsonObject { ["key"] = "nan", ["value"] = "NaN" },
            new JsonObject { ["key"] = "object", ["value"] = new JsonObject() },
            Metric("__proto__", 2)
        );
        for (var i = 0; i < 400; i++)
            metrics.Add(Metric(string.Create(CultureInfo.InvariantCulture, $"m{i}"), i));
        Add("mine", DatabricksFixture.Mark, "43", metrics: metrics.ToJsonString());

        var results = await ReadAsync();

        results.Metrics.Count.ShouldBe(196);
        results.Metrics.Count(metric => metric.Name == "__proto__").ShouldBe(1);
        results.Warnings.Count.ShouldBe(5);
    }

    [Fact]
    [Trait("Threat", "T143")]
    public async Task ReadsNothingFromANumberBeyondADouble()
    {
        Add(
            "mine",
            DatabricksFixture.Mark,
            "43",
            metrics: """[{"key":"rmse","value":1e400},{"key":"auc","value":0.9}]"""
        );

        var results = await ReadAsync();

        results.Metrics.Single().Name.ShouldBe("auc");
        results.Warnings.ShouldHaveSingleItem().ShouldContain("'rmse' is left out");
    }

    [Fact]
    public async Task ReadsTheWorkspaceRegistryWhereThereIsNoCatalog()
    {
        _fixture.Environment = _fixture.Environment with { Catalog = null };
        Add("m1", DatabricksFixture.Mark, "43");
        _versions.Add(
            new JsonObject
            {
                ["name"] = "churn.classifier",
                ["version"] = "3",
                ["run_id"] = "m1",
                ["status"] = "READY",
            }
        );
        _versions.Add(
            new JsonObject
            {
                ["name"] = "another",
                ["version"] = "1",
                ["run_id"] = "m1",
                ["status"] = "READY",
            }
        );

        var results = await ReadAsync();

        results.Models.ShouldBe([new("churn.classifier", "3", null)]);
        results.Warnings.ShouldHaveSingleItem().ShouldContain("the workflow names churn.classifier");
        Workspace.To("/model-versions/search").Single().Query.ShouldBe("?filter=run_id='m1'");
    }

    [Fact]
    public async Task NamesAVersionThatIsNotReady()
    {
        Add("m1", DatabricksFixture.Mark, "43");
        AddVersion(2, "m1", "FAILED_REGISTRATION");

        var results = await ReadAsync();

        results.Models.ShouldBeEmpty();
        results
            .Warnings.ShouldHaveSingleItem()
            .ShouldContain("version 2 of main.churn.classifier is left out: it is FAILED_REGISTRATION");
    }

    [Fact]
    public async Task ReadsVersionsOnAllPages()
    {
        Add("m1", DatabricksFixture.Mark, "43");
        AddVersion(8, "m1");
        var first = true;
        Workspace.Instead = call =>
        {
            if (!call.Path.EndsWith("/versions", StringComparison.Ordinal) || !first)
                return Answer(call);
            first = false;
            return FakeWorkspace.Json("""{"model_versions":[],"next_page_token":"p 2"}""");
        };

        (await ReadAsync()).Models.Single().Version.ShouldBe("8");
        Workspace.To("/versions").Last().Query.ShouldEndWith("&page_token=p 2");
    }

    [Fact]
    public async Task SearchesTheLatestExperimentsWhereNoneIsNamed()
    {
        _fixture.Task = _fixture.Task with { Experiment = null };
        Add("m1", DatabricksFixture.Mark, "43");

        (await ReadAsync()).Metrics.ShouldHaveSingleItem();

        Workspace.To("/runs/search").First().Json["experiment_ids"]!.ToJsonString().ShouldBe("""["e1","e2"]""");
    }

    [Fact]
    public async Task HasNothingWhereTheExperimentDoesNotExist()
    {
        _fixture.Task = _fixture.Task with { Experiment = "/Shared/other" };

        var results = await ReadAsync();

        results.Metrics.ShouldBeEmpty();
        Workspace.To("/runs/search").ShouldBeEmpty();
    }

    [Fact]
    public async Task PutsNoMarkIntoASearchThatCouldEndItsQuotes()
    {
        var run = _fixture.Started with { Mark = "x' or tags.a = 'b" };

        var read = await ((IRunResults)_fixture.Platform).ReadResultsAsync(run, default);

        read.Problem!.Code.ShouldBe(ProblemCode.Internal);
        Workspace.Calls.ShouldBeEmpty();
    }

    private async Task<RunResults> ReadAsync() =>
        (await ((IRunResults)_fixture.Platform).ReadResultsAsync(_fixture.Started, default)).Value;

    private void Add(
        string id,
        string? mark,
        string? jobRun,
        long shift = 1000,
        string? metrics = null,
        string? parent = null
    )
    {
        var tags = new JsonArray();
        foreach (
            var (key, value) in new[]
            {
                ("bascule.run", mark),
                ("mlflow.databricks.jobRunID", jobRun),
                ("mlflow.parentRunId", parent),
            }
        )
            if (value is not null)
                tags.Add(new JsonObject { ["key"] = key, ["value"] = value });
        _runs.Add(
            new JsonObject
            {
                ["info"] = new JsonObject
                {
                    ["run_id"] = id,
                    ["lifecycle_stage"] = "active",
                    ["start_time"] = Start + shift,
                },
                ["data"] = new JsonObject
                {
                    ["metrics"] = JsonNode.Parse(metrics ?? """[{"key":"rmse","value":0.5}]"""),
                    ["tags"] = tags,
                },
            }
        );
    }

    private void AddVersion(int version, string run, string status = "READY") =>
        _versions.Add(
            new JsonObject
            {
                ["version"] = version,
                ["run_id"] = run,
                ["status"] = status,
                ["model_name"] = "classifier",
            }
        );

    private static JsonObject Metric(string name, double value) => new JsonObject { ["key"] = name, ["value"] = value };

    private HttpResponseMessage? Answer(Received call) =>
        call.Path switch
        {
            "/api/2.2/jobs/runs/get" => FakeWorkspace.Json(
                $$"""{"run_id":42,"start_time":{{Start}},"end_time":{{Start + 3_600_000}},"status":{"state":"TERMINATED"},"tasks":[{"task_key":"main","run_id":43}]}"""
            ),
            "/api/2.0/mlflow/experiments/get-by-name" => call.Query == "?experiment_name=/Shared/churn"
                ? FakeWorkspace.Json("""{"experiment":{"experiment_id":"e1"}}""")
                : FakeWorkspace.Refuse(404, "RESOURCE_DOES_NOT_EXIST", "no such experiment"),
            "/api/2.0/mlflow/experiments/search" => FakeWorkspace.Json(
                """{"experiments":[{"experiment_id":"e1"},{"experiment_id":"e2"}]}"""
            ),
            "/api/2.0/mlflow/runs/search" => FakeWorkspace.Json(
                new JsonObject { ["runs"] = _runs.DeepClone() }.ToJsonString()
            ),
            "/api/2.1/unity-catalog/models/main.churn.classifier/versions" or "/api/2.0/mlflow/model-versions/search" =>
                FakeWorkspace.Json(new JsonObject { ["model_versions"] = _versions.DeepClone() }.ToJsonString()),
            _ => null,
        };
}
