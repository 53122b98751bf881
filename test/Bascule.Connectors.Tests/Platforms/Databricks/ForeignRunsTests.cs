using System.Net.Http.Json;
using System.Text.Json;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

/// <summary>Runs that somebody started by hand, on the strict simulator.</summary>
[Trait("Threat", "T134")]
public sealed class ForeignRunsTests : IAsyncLifetime
{
    private const string Model = "dev.churn.classifier";
    private const string Experiment = "/Shared/by-hand";
    private static readonly string Commit = new('a', 40);
    private readonly SimulatedDatabricksStage _stage = new();
    private HttpClient _http = null!;
    private string _experiment = "";

    public async Task InitializeAsync()
    {
        await _stage.InitializeAsync();
        _http = _stage.Colleague();
        await PostAsync("unity-catalog/registered-models/create", new { name = Model });
        _experiment = (await PostAsync("experiments/create", new { name = Experiment }))
            .GetProperty("experiment_id")
            .GetString()!;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task ARunIsFoundInItsExperimentWithWhatItsTagsSay()
    {
        var id = await RunAsync(
            ("mlflow.source.git.commit", Commit),
            ("mlflow.source.git.repoURL", "https://git.example.com/ml/churn.git"),
            ("bascule.run", "k3v9x2m8qa.forged")
        );

        var run = (await ReadAsync($$"""{"experiments":["{{Experiment}}"]}""")).Runs.ShouldHaveSingleItem();

        run.Id.ShouldBe(id);
        run.Commits.ShouldBe([("mlflow.source.git.commit", Commit)]);
        run.Origin.ShouldBe("https://git.example.com/ml/churn.git");
        run.Mark.ShouldBe("k3v9x2m8qa.forged");
        (run.Name, run.State).ShouldBe(("by hand", "RUNNING"));
        run.By.ShouldNotBeNull();
        run.StartedAt.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1_760_000_000_000));
        run.Page!.AbsolutePath.ShouldBe($"/ml/experiments/{_experiment}/runs/{id}");
    }

    [Fact]
    public async Task TheRunBehindAModelVersionIsFoundOnceWithAllItsVersions()
    {
        var id = await RunAsync(("bascule.commit", Commit));
        await RegisterAsync(id);
        await RegisterAsync(id);

        var read = await ReadAsync("""{"models":["churn.classifier"]}""");

        var run = read.Runs.ShouldHaveSingleItem();
        run.Models.ShouldBe(
            [new ModelVersion(Model, "1", null), new ModelVersion(Model, "2", null)],
            ignoreOrder: true
        );
        _stage
            .Simulator.Requests.Count(request => request.Path.EndsWith("/runs/get", StringComparison.Ordinal))
            .ShouldBe(1);
    }

    [Fact]
    public async Task VersionsWhoseOriginIsKnownCostNoCall()
    {
        await RegisterAsync(await RunAsync(("bascule.commit", Commit)));

        var read = await ReadAsync("""{"models":["churn.classifier"]}""", known: ["1"]);

        read.Runs.ShouldBeEmpty();
        _stage.Simulator.Requests.ShouldNotContain(request =>
            request.Path.EndsWith("/runs/get", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task ARunWithoutACommitAndADeletedOneAreLeftOut()
    {
        await RunAsync(("team", "ml"));
        var deleted = await RunAsync(("bascule.commit", Commit));
        await PostAsync("runs/delete", new { run_id = deleted });

        (await ReadAsync($$"""{"experiments":["{{Experiment}}"]}""")).Runs.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T113")]
    public async Task WhatTagsSayIsCleanedAndCut()
    {
        await RunAsync(("bascule.commit", "\u001b[31m" + new string('x', 4000)), ("mlflow.user", "jo\u202e\nroot"));

        var run = (await ReadAsync($$"""{"experiments":["{{Experiment}}"]}""")).Runs.ShouldHaveSingleItem();

        run.Commits[0].Value.Length.ShouldBeLessThanOrEqualTo(200);
        run.Commits[0].Value.ShouldNotContain('\u001b');
        run.By.ShouldBe("jo root");
    }

    [Fact]
    public async Task TheBudgetOfCallsIsKept()
    {
        for (var i = 0; i < 6; i++)
            await RegisterAsync(await RunAsync(("bascule.commit", Commit)));
        var before = _stage.Simulator.Requests.Count(IsMlflow);

        var read = await ReadAsync($$"""{"models":["churn.classifier"],"experiments":["{{Experiment}}"]}""", budget: 4);

        (_stage.Simulator.Requests.Count(IsMlflow) - before).ShouldBeLessThanOrEqualTo(4);
        read.Runs.Count.ShouldBe(2);
        read.Warnings.ShouldHaveSingleItem().ShouldContain("at most 4 calls");
    }

    [Fact]
    public async Task WhatIsNotThereIsToldAndTheRestIsRead()
    {
        await RunAsync(("bascule.commit", Commit));

        var read = await ReadAsync(
            $$"""{"models":["churn.nothing"],"experiments":["/Shared/none","{{Experiment}}"]}"""
        );

        read.Runs.Count.ShouldBe(1);
        read.Warnings.ShouldContain(warning => warning.Contains("/Shared/none", StringComparison.Ordinal));
    }

    [Fact]
    public void AnEnvironmentThatNamesNothingObservesNothing()
    {
        var role = (IObservesForeignRuns)_stage.Connect();

        role.Observes(_stage.Environment).ShouldBeFalse();
        role.Observes(Observing("""{"models":["churn.classifier"]}""")).ShouldBeTrue();
    }

    private async Task<ForeignRuns> ReadAsync(string observe, int budget = 50, params IReadOnlyList<string> known)
    {
        var look = new ForeignLook(
            "ml-dev",
            Observing(observe),
            _stage.Identity,
            budget,
            (_, _) => Task.FromResult<IReadOnlySet<string>>(known.ToHashSet())
        );
        var read = await ((IObservesForeignRuns)_stage.Connect()).ReadForeignRunsAsync(look, default);
        read.Problem.ShouldBeNull();
        return read.Value;
    }

    private PlatformEnvironment Observing(string observe) =>
        _stage.EnvironmentOf($$"""{"catalog":"dev","observe":{{observe}} }""");

    private async Task<string> RunAsync(params (string Key, string Value)[] tags)
    {
        var run = await PostAsync(
            "runs/create",
            new
            {
                experiment_id = _experiment,
                run_name = "by hand",
                start_time = 1_760_000_000_000,
                tags = tags.Select(tag => new { key = tag.Key, value = tag.Value }),
            }
        );
        return run.GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;
    }

    private async Task RegisterAsync(string run)
    {
        var made = await PostAsync(
            "unity-catalog/model-versions/create",
            new
            {
                name = Model,
                source = "dbfs:/m",
                run_id = run,
            }
        );
        var version = made.GetProperty("model_version").GetProperty("version").GetString();
        await PostAsync("unity-catalog/model-versions/finalize", new { name = Model, version });
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    private static bool IsMlflow(Simulators.Databricks.RecordedRequest request) =>
        request.Path.Contains("/mlflow/", StringComparison.Ordinal)
        || request.Path.Contains("/unity-catalog/", StringComparison.Ordinal);
}
