using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Bascule.Connectors.Platforms.AzureML;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Simulators.Azure.MachineLearning;
using Bascule.Simulators.Azure.Resources;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>Runs that somebody started by hand in the workspace, on the strict simulator.</summary>
[Trait("Threat", "T134")]
public sealed class ForeignRunsTests : IAsyncLifetime
{
    private const string Experiment = "by-hand";
    private const string Model = "churn";
    private static readonly string Commit = new('a', 40);
    private AzureMlStage _stage = null!;
    private HttpClient _colleague = null!;

    public async Task InitializeAsync()
    {
        _stage = await AzureMlStage.StartAsync();
        var application = _stage.Simulator.Directory.AddApplication();
        _stage.Simulator.Assign(application, ArmRole.DataScientist);
        _colleague = AzureMlStage.NewClient();
        _colleague.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            _stage.Simulator.Directory.Issue(application)
        );
    }

    public async Task DisposeAsync()
    {
        _colleague.Dispose();
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task AJobThatWasSentFromACheckoutIsFoundInItsExperiment()
    {
        var job = await SubmitAsync("sincere_lamp_" + new string('b', 80), Git(Commit));

        var run = (await ReadAsync($$"""{"experiments":["{{Experiment}}"]}""")).Runs.ShouldHaveSingleItem();

        (run.Id, run.PlatformRun, run.Parent).ShouldBe((job.Name, job.Name, null));
        run.Commits.ShouldBe([("mlflow.source.git.commit", Commit)]);
        run.Origin.ShouldBe("https://git.example.com/ml/churn.git");
        (run.Name, run.State).ShouldBe(("by hand", "SCHEDULED"));
        run.StartedAt.ShouldNotBeNull();
        run.Page!.AbsoluteUri.ShouldStartWith(
            $"https://ml.azure.com/runs/{job.Name}?wsid=/subscriptions/{_stage.Simulator.SubscriptionId}/"
        );
    }

    [Fact]
    public async Task ARunOfMlflowAloneIsFoundToo()
    {
        var experiment = await PostAsync("experiments/create", new { name = Experiment });
        await PostAsync(
            "runs/create",
            new
            {
                experiment_id = experiment.GetProperty("experiment_id").GetString(),
                run_name = "laptop",
                start_time = 1_760_000_000_000,
                tags = new[]
                {
                    new { key = "bascule.commit", value = Commit },
                    new { key = "bascule.run", value = "k3v9x2m8qa.forged" },
                },
            }
        );

        var run = (await ReadAsync($$"""{"experiments":["{{Experiment}}"]}""")).Runs.ShouldHaveSingleItem();

        (run.Name, run.Mark).ShouldBe(("laptop", "k3v9x2m8qa.forged"));
        run.StartedAt.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1_760_000_000_000));
    }

    [Fact]
    public async Task TheJobBehindAModelVersionIsFoundOnceWithAllItsVersions()
    {
        var job = await SubmitAsync("by-hand-1", Git(Commit));
        string[] versions = [job.RegisterModel(Model), job.RegisterModel(Model, "2026-11.a")];

        var run = (await ReadAsync($$"""{"models":["{{Model}}"]}""")).Runs.ShouldHaveSingleItem();

        run.Models.ShouldBe(versions.Select(version => new ModelVersion(Model, version, null)), ignoreOrder: true);
        _stage.Simulator.RegionExchanges.Count(IsRunRead).ShouldBe(1);
    }

    [Fact]
    public async Task VersionsWhoseOriginIsKnownCostNoCall()
    {
        var version = (await SubmitAsync("by-hand-1", Git(Commit))).RegisterModel(Model);

        var read = await ReadAsync($$"""{"models":["{{Model}}"]}""", known: version);

        read.Runs.ShouldBeEmpty();
        _stage.Simulator.RegionExchanges.ShouldNotContain(exchange => IsRunRead(exchange));
    }

    [Fact]
    public async Task AStepSaysOfWhichJobItIsAndIsNoRunThatBasculeCouldHaveStarted()
    {
        var job = await SubmitAsync("pipeline-1", []);
        var step = job.ForgeStep("train");
        step.SetTag("bascule.commit", Commit);

        var run = (await ReadAsync($$"""{"experiments":["{{Experiment}}"]}""")).Runs.ShouldHaveSingleItem();

        (run.Id, run.Parent, run.PlatformRun).ShouldBe((step.Name, job.Name, null));
    }

    [Fact]
    public async Task ARunThatWasDeletedIsLeftOutThoughItsModelIsThere()
    {
        var job = await SubmitAsync("by-hand-1", Git(Commit));
        job.RegisterModel(Model);
        await PostAsync("runs/delete", new { run_id = job.Name });

        (await ReadAsync($$"""{"models":["{{Model}}"]}""")).Runs.ShouldBeEmpty();
    }

    [Fact]
    public async Task AJobThatNamesNoCommitIsLeftOut()
    {
        await SubmitAsync("by-hand-1", []);

        (await ReadAsync($$"""{"experiments":["{{Experiment}}"]}""")).Runs.ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatIsNotThereIsToldAndTheRestIsRead()
    {
        await SubmitAsync("by-hand-1", Git(Commit));

        var read = await ReadAsync($$"""{"models":["nothing"],"experiments":["none","{{Experiment}}"]}""");

        read.Runs.Count.ShouldBe(1);
        read.Warnings.ShouldContain(warning => warning.Contains("'none'", StringComparison.Ordinal));
        read.Warnings.ShouldContain(warning => warning.Contains("models/nothing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheBudgetOfCallsIsKept()
    {
        for (var i = 0; i < 6; i++)
            (await SubmitAsync($"by-hand-{i}", Git(Commit))).RegisterModel(Model);
        var before = _stage.Calls;

        // One for where the runs are, two for the versions, one for the newest one's run.
        var read = await ReadAsync($$"""{"models":["{{Model}}"],"experiments":["{{Experiment}}"]}""", budget: 4);

        (_stage.Calls - before).ShouldBeLessThanOrEqualTo(4);
        read.Runs.Count.ShouldBe(1);
        read.Warnings.ShouldHaveSingleItem().ShouldContain("at most 4 calls");
    }

    [Fact]
    public async Task ALookStartsAndChangesNothing()
    {
        (await SubmitAsync("by-hand-1", Git(Commit))).RegisterModel(Model);
        var before = _stage.Simulator.WriteCount;

        await ReadAsync($$"""{"models":["{{Model}}"],"experiments":["{{Experiment}}"]}""");

        _stage.Simulator.WriteCount.ShouldBe(before);
        _stage.Simulator.RegionExchanges.ShouldAllBe(exchange =>
            exchange.Method == "GET" || exchange.Path.EndsWith("/search", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void AnEnvironmentThatNamesNothingObservesNothing()
    {
        var role = _stage.Connect();

        role.Observes(Environment("{}")).ShouldBeFalse();
        role.Observes(Environment("""{"observe":{"models":["churn"]} }""")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"models":["a/b"]}""", "models")]
    [InlineData("""{"experiments":["a\nb"]}""", "experiments")]
    [InlineData("""{"jobs":["nightly"],"models":["churn"]}""", "jobs")]
    [InlineData("{}", "models")]
    public void WhatNobodyCouldLookAtIsRefused(string observe, string key)
    {
        var (reader, problems) = SettingTree.Read($$"""{"observe":{{observe}} }""");

        AzureMlEnvironment.Read(reader).ShouldBeNull();

        problems.ShouldHaveSingleItem().Key.ShouldBe($"observe.{key}");
    }

    private static bool IsRunRead(ArmExchange exchange) =>
        exchange.Path.EndsWith("/runs/get", StringComparison.Ordinal);

    private static AzureMlEnvironment Environment(string json)
    {
        var (reader, problems) = SettingTree.Read(json);
        var environment = AzureMlEnvironment.Read(reader);
        problems.ShouldBeEmpty();
        return environment!;
    }

    private async Task<ForeignRuns> ReadAsync(string observe, int budget = 50, params string[] known)
    {
        var look = new ForeignLook(
            "ml-dev",
            Environment($$"""{"observe":{{observe}} }"""),
            AzureMlStage.Identity,
            budget,
            (_, _) => Task.FromResult<IReadOnlySet<string>>(known.ToHashSet())
        );
        var read = await _stage.Connect().ReadForeignRunsAsync(look, default);
        read.Problem.ShouldBeNull();
        return read.Value;
    }

    /// <summary>As Microsoft's own tools write them.</summary>
    private static Dictionary<string, string> Git(string commit) =>
        new()
        {
            ["mlflow.source.git.repoURL"] = "https://git.example.com/ml/churn.git",
            ["mlflow.source.git.commit"] = commit,
            ["azureml.git.commit"] = commit,
        };

    private async Task<AmlJob> SubmitAsync(string name, Dictionary<string, string> properties)
    {
        var body = new
        {
            properties = new
            {
                jobType = "Command",
                command = "python train.py",
                environmentId = "azureml://registries/azureml/environments/sklearn-1.5/labels/latest",
                displayName = "by hand",
                experimentName = Experiment,
                properties,
            },
        };
        var address = new Uri(
            _stage.Simulator.ResourceManagerUrl,
            $"{_stage.Simulator.WorkspacePath}/jobs/{name}?api-version=2024-04-01"
        );
        using var answer = await _colleague.PutAsJsonAsync(address, body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return _stage.Simulator.Job(name);
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        var tracking = _stage.Simulator.TrackingUri.Replace("azureml://", "https://", StringComparison.Ordinal);
        using var answer = await _colleague.PostAsJsonAsync(new Uri($"{tracking}/api/2.0/mlflow/{path}"), body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonElement.Parse(text);
    }
}
