using System.Net;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class TrackingTests : IAsyncLifetime
{
    private const string Mlflow = "/api/2.0/mlflow/";
    private Workbench _bench = null!;
    private string _experiment = "";

    public async Task InitializeAsync()
    {
        _bench = await Workbench.StartAsync();
        var answer = await _bench.PostAsync(Mlflow + "experiments/create", new { name = "/Shared/churn" });
        _experiment = answer.Json["experiment_id"]!.ToString();
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("churn", "INVALID_PARAMETER_VALUE", "absolute path")]
    [InlineData("/Workspace/Shared/x", "INVALID_PARAMETER_VALUE", "absolute path")]
    [InlineData("/Shared/none/churn", "RESOURCE_DOES_NOT_EXIST", "/Shared/none")]
    [InlineData("/Shared/churn", "RESOURCE_ALREADY_EXISTS", "churn")]
    public async Task RefusesAnExperimentNameThatIsNoFreeWorkspacePath(string name, string code, string part)
    {
        var answer = await _bench.PostAsync(Mlflow + "experiments/create", new { name });

        (answer.ErrorCode, answer.Message.Contains(part, StringComparison.Ordinal)).ShouldBe((code, true), answer.Text);
    }

    [Fact]
    public async Task FindsAnExperimentByItsName()
    {
        var found = await _bench.GetAsync(Mlflow + "experiments/get-by-name?experiment_name=/Shared/churn");
        var missing = await _bench.GetAsync(Mlflow + "experiments/get-by-name?experiment_name=/Shared/none");

        found.Json["experiment"]!["experiment_id"]!.ToString().ShouldBe(_experiment);
        missing.Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task ShowsTheLatestValueAndKeepsTheHistory()
    {
        var run = await CreateAsync();
        await LogAsync(run, "rmse", 3, step: 2);
        await LogAsync(run, "rmse", 9, step: 1);

        var metric = (await RunAsync(run))["data"]!["metrics"]!.AsArray().ShouldHaveSingleItem()!;
        var history = await _bench.GetAsync($"{Mlflow}metrics/get-history?run_id={run}&metric_key=rmse");

        metric["value"]!.GetValue<double>().ShouldBe(3);
        history.Json["metrics"]!.AsArray().Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("__proto__", true)]
    [InlineData("val/auc score-1.0:x", true)]
    [InlineData("[x](http://evil)", false)]
    [InlineData("<img>", false)]
    [InlineData("../x", false)]
    [InlineData("/x", false)]
    [InlineData("a\n", false)]
    [InlineData("", false)]
    public async Task ChecksMetricNamesAsMlflowDoes(string name, bool allowed)
    {
        var answer = await LogAsync(await CreateAsync(), name, 1);

        answer.Status.ShouldBe(allowed ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.Text);
    }

    [Fact]
    public async Task CarriesNumbersThatJsonLacks()
    {
        var run = await CreateAsync();
        await _bench.PostAsync(
            Mlflow + "runs/log-metric",
            new
            {
                run_id = run,
                key = "loss",
                value = "NaN",
                timestamp = 1,
            }
        );

        (await RunAsync(run))["data"]!["metrics"]![0]!["value"]!.ToString().ShouldBe("NaN");
    }

    [Fact]
    public async Task RefusesToChangeAParameter()
    {
        var run = await CreateAsync();
        await _bench.PostAsync(
            Mlflow + "runs/log-parameter",
            new
            {
                run_id = run,
                key = "a",
                value = "1",
            }
        );

        (
            await _bench.PostAsync(
                Mlflow + "runs/log-parameter",
                new
                {
                    run_id = run,
                    key = "a",
                    value = "1",
                }
            )
        ).Status.ShouldBe(HttpStatusCode.OK);
        (
            await _bench.PostAsync(
                Mlflow + "runs/log-parameter",
                new
                {
                    run_id = run,
                    key = "a",
                    value = "2",
                }
            )
        ).ShouldBeRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "not allowed");
    }

    [Fact]
    public async Task RefusesABatchOfMoreThanAThousandMetrics()
    {
        var run = await CreateAsync();
        object Batch(int count) =>
            new
            {
                run_id = run,
                metrics = Enumerable
                    .Range(0, count)
                    .Select(i => new
                    {
                        key = $"m{i}",
                        value = 1.0,
                        timestamp = 1,
                    }),
            };

        (await _bench.PostAsync(Mlflow + "runs/log-batch", Batch(1000))).Status.ShouldBe(HttpStatusCode.OK);
        (await _bench.PostAsync(Mlflow + "runs/log-batch", Batch(1001))).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("tags.mlflow.databricks.jobRunID = '7'", 1)]
    [InlineData("tags.`bascule.run` = 'r1' AND metrics.auc > 0.5", 1)]
    [InlineData("tags.`bascule.run` = 'r1' and metrics.auc < 0.5", 0)]
    [InlineData("params.alpha LIKE '0.%'", 1)]
    [InlineData("attributes.status = 'RUNNING'", 2)]
    [InlineData("", 2)]
    public async Task FindsRunsByFilter(string filter, int count)
    {
        var run = await CreateAsync(("mlflow.databricks.jobRunID", "7"), ("bascule.run", "r1"));
        await CreateAsync(("bascule.run", "r2"));
        await LogAsync(run, "auc", 0.9);
        await _bench.PostAsync(
            Mlflow + "runs/log-parameter",
            new
            {
                run_id = run,
                key = "alpha",
                value = "0.1",
            }
        );

        var answer = await _bench.PostAsync(
            Mlflow + "runs/search",
            new { experiment_ids = new[] { _experiment }, filter }
        );

        (answer.Json["runs"] as JsonArray ?? []).Count.ShouldBe(count, answer.Text);
    }

    [Theory]
    [InlineData("tags.a == 'x'")]
    [InlineData("tags.a = 'x' or tags.b = 'y'")]
    [InlineData("tags.a = 'it's'")]
    [InlineData("tags.a = ")]
    public async Task RefusesAFilterItCannotRead(string filter) =>
        (
            await _bench.PostAsync(Mlflow + "runs/search", new { experiment_ids = new[] { _experiment }, filter })
        ).ShouldBeRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "filter");

    [Fact]
    public async Task OrdersAndPagesASearch()
    {
        var (low, high) = (await CreateAsync(), await CreateAsync());
        await LogAsync(low, "auc", 0.1);
        await LogAsync(high, "auc", 0.9);
        var search = new JsonObject
        {
            ["experiment_ids"] = new JsonArray(_experiment),
            ["order_by"] = new JsonArray("metrics.auc DESC"),
            ["max_results"] = 1,
        };

        var first = (await _bench.PostAsync(Mlflow + "runs/search", search)).Json;
        search["page_token"] = first["next_page_token"]!.ToString();
        var second = (await _bench.PostAsync(Mlflow + "runs/search", search)).Json;

        first["runs"]![0]!["info"]!["run_id"]!.ToString().ShouldBe(high);
        second["runs"]![0]!["info"]!["run_id"]!.ToString().ShouldBe(low);
    }

    [Fact]
    public async Task RefusesToLogToADeletedRun()
    {
        var run = await CreateAsync();
        await _bench.PostAsync(Mlflow + "runs/delete", new { run_id = run });

        (await LogAsync(run, "auc", 1)).ShouldBeRefused(HttpStatusCode.BadRequest, "INVALID_STATE", "active");
    }

    private async Task<string> CreateAsync(params (string Key, string Value)[] tags)
    {
        var body = new { experiment_id = _experiment, tags = tags.Select(t => new { key = t.Key, value = t.Value }) };
        return (await _bench.PostAsync(Mlflow + "runs/create", body)).Json["run"]!["info"]!["run_id"]!.ToString();
    }

    private Task<Answer> LogAsync(string run, string key, double value, long step = 0) =>
        _bench.PostAsync(
            Mlflow + "runs/log-metric",
            new
            {
                run_id = run,
                key,
                value,
                timestamp = 1,
                step,
            }
        );

    private async Task<JsonNode> RunAsync(string run) =>
        (await _bench.GetAsync($"{Mlflow}runs/get?run_id={run}")).Json["run"]!;
}
