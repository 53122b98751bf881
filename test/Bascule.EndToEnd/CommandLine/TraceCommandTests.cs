using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Testing.Platforms;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>From a push to a model and back, by the real binary.</summary>
public sealed partial class TraceCommandTests(TraceStage quick) : IClassFixture<TraceStage>
{
    private readonly BasculeStage _stage = quick.Stage;

    [Fact]
    [Trait("Capability", "Lineage")]
    public async Task LeadsFromCommitToModelAndBack()
    {
        var repository = await quick.RepositoryAsync();
        var commit = await repository.PushChangeAsync("to be traced");
        var run = (await _stage.WaitForRunAsync(commit)).Run;
        var model = $"{run.Models[0].Name}@{run.Models[0].Version}";

        var forth = await JsonAsync("trace", commit[..12]);
        var back = await JsonAsync("trace", model);

        Titles(forth, "product").ShouldBe([run.Models[0].Name]);
        Titles(back, "commit").ShouldBe([commit[..8]]);
        Titles(back, "person").ShouldBe([BasculeStage.DeveloperName]);
        Titles(back, "run").ShouldBe(Titles(await JsonAsync("trace", run.Id), "run"));
        Sentences(forth).ShouldBe(Sentences(back), ignoreOrder: true);
    }

    [Fact]
    public async Task TheTextIsAsApproved()
    {
        var repository = await quick.RepositoryAsync();
        var commit = await repository.PushChangeAsync("to be read");
        var run = (await _stage.WaitForRunAsync(commit)).Run;

        var trace = await RunAsync("trace", $"{run.Models[0].Name}@{run.Models[0].Version}");

        trace.ExitCode.ShouldBe(0, trace.Errors);
        var shown = trace
            .Output.Replace(run.Id, "RUN", StringComparison.Ordinal)
            .Replace(commit[..8], "COMMIT", StringComparison.Ordinal)
            .Replace(run.PlatformRunId!, "PLATFORMRUN", StringComparison.Ordinal)
            .Replace(repository.FullName, "REPOSITORY", StringComparison.Ordinal)
            .Replace($"@{run.Models[0].Version}", "@VERSION", StringComparison.Ordinal);
        shown = Delivery().Replace(Time().Replace(shown, "TIME"), "delivery DELIVERY");
        var approved = Testing.RepositoryFolder.PathOf(
            "test/Bascule.EndToEnd/CommandLine/TraceCommandTests.approved.txt"
        );
        shown.Trim().ShouldBe((await File.ReadAllTextAsync(approved)).Trim());
    }

    [Theory]
    [InlineData(3, "abcdef0123", "bascule run list")]
    [InlineData(3, "main.nothing@1", "catalog.schema.name@version")]
    [InlineData(2, "main", "write a commit id")]
    [InlineData(2, "", "write a commit id")]
    public async Task EndsWithoutSuccessAndARemedy(int code, string of, string remedy)
    {
        var trace = await RunAsync("trace", of);

        trace.ExitCode.ShouldBe(code, trace.Output + trace.Errors);
        trace.Output.ShouldBeEmpty();
        trace.Errors.ShouldContain(remedy);
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task ARunThatSomebodyStartedByHandIsObservedAndNothingMore()
    {
        var repository = await quick.RepositoryAsync();
        var commit = await repository.PushChangeAsync("used by hand");
        await _stage.WaitForRunAsync(commit);
        var foreign = await TrainByHandAsync(commit);

        await LookAsync();

        var seen = await WaitForAsync(commit, foreign);
        seen.GetProperty("assurance").GetString().ShouldBe("observed");
        seen.GetProperty("known_from").GetString().ShouldNotBeNull().ShouldContain("mlflow.source.git.commit");
        var runs = await JsonAsync("run", "list", "--commit", commit);
        runs.GetProperty("runs").GetArrayLength().ShouldBe(1, "it is no run of Bascule's");
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task ARunOfAJobThatIsTaggedWithTheCommitIsObservedWithItsNameAndPage()
    {
        var repository = await quick.RepositoryAsync();
        var commit = await repository.PushChangeAsync("used by a job");
        var own = (await _stage.WaitForRunAsync(commit)).Run;
        var foreign = await RunAJobAsync(commit);

        await LookAsync();

        var seen = await WaitForAsync(commit, $"job:{foreign}");
        seen.GetProperty("assurance").GetString().ShouldBe("observed");
        seen.GetProperty("title").GetString().ShouldBe(TraceStage.Job);
        seen.GetProperty("known_from").GetString().ShouldBe("tag git_commit of the run's job on platform dbx");
        seen.GetProperty("page").GetString().ShouldNotBeNull().ShouldContain($"/runs/{foreign}");
        (await RunAsync("trace", commit)).Output.ShouldContain($"observed run {TraceStage.Job}");
        Titles(await JsonAsync("trace", commit), "platform_run").ShouldContain(own.PlatformRunId);
    }

    /// <summary>As a scheduler does, of a job that somebody deployed from the commit.</summary>
    private async Task<long> RunAJobAsync(string commit)
    {
        using var colleague = SimulatedDatabricksStage.ColleagueOf(_stage.Databricks, _stage.Authority);
        var task = new
        {
            task_key = "main",
            environment_key = "default",
            spark_python_task = new { python_file = "/Shared/nightly.py", source = "WORKSPACE" },
        };
        var job = await PostAsync(
            colleague,
            "/api/2.2/jobs/create",
            new
            {
                name = TraceStage.Job,
                tags = new { git_commit = commit },
                tasks = new[] { task },
                environments = new[] { new { environment_key = "default", spec = new { environment_version = "4" } } },
            }
        );
        var run = await PostAsync(
            colleague,
            "/api/2.2/jobs/run-now",
            new { job_id = job.GetProperty("job_id").GetInt64() }
        );
        return run.GetProperty("run_id").GetInt64();
    }

    /// <summary>As MLflow's client does in a Git checkout.</summary>
    private async Task<string> TrainByHandAsync(string commit)
    {
        using var colleague = SimulatedDatabricksStage.ColleagueOf(_stage.Databricks, _stage.Authority);
        var experiment = await PostAsync(
            colleague,
            "/api/2.0/mlflow/experiments/create",
            new { name = TraceStage.Experiment }
        );
        var run = await PostAsync(
            colleague,
            "/api/2.0/mlflow/runs/create",
            new
            {
                experiment_id = experiment.GetProperty("experiment_id").GetString(),
                run_name = "by hand",
                start_time = 1_760_000_000_000,
                tags = new[] { new { key = "mlflow.source.git.commit", value = commit } },
            }
        );
        return run.GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;
    }

    /// <summary>Now, and not in an hour.</summary>
    private async Task LookAsync()
    {
        var environment = _stage.Services.GetRequiredService<EnvironmentConnections>().Find(TraceStage.Environment)!;
        var lane = $"foreign:{environment.Uid}";
        var row = new NewWork(lane, "lineage.foreign", environment.Name, DateTimeOffset.UtcNow, Once: true);
        (
            await _stage.Services.GetRequiredService<IWorkStore>().ApplyAsync([new AddWork(row)], default)
        ).Problem.ShouldBeNull();
    }

    private async Task<JsonElement> WaitForAsync(string commit, string foreign)
    {
        var deadline = DateTimeOffset.UtcNow.AddMinutes(2);
        while (DateTimeOffset.UtcNow < deadline)
        {
            var trace = await JsonAsync("trace", commit);
            var found = trace
                .GetProperty("nodes")
                .EnumerateArray()
                .Where(node => node.GetProperty("id").GetString()!.EndsWith(foreign, StringComparison.Ordinal))
                .ToList();
            if (found.Count > 0)
                return found[0];
            await Task.Delay(200);
        }
        throw new TimeoutException($"nothing was observed of {foreign}\n{_stage.Written}");
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonElement.Parse(text);
    }

    private static IReadOnlyList<string> Titles(JsonElement trace, string kind) =>
        [
            .. trace
                .GetProperty("nodes")
                .EnumerateArray()
                .Where(node => node.GetProperty("kind").GetString() == kind)
                .Select(node => node.GetProperty("title").GetString()!),
        ];

    private static IEnumerable<string> Sentences(JsonElement trace) =>
        trace
            .GetProperty("edges")
            .EnumerateArray()
            .Select(edge => $"{edge.GetProperty("from")} {edge.GetProperty("word")} {edge.GetProperty("to")}");

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var command = await RunAsync([.. arguments, "--json"]);
        command.ExitCode.ShouldBe(0, command.Errors + command.Output);
        return JsonElement.Parse(command.Output);
    }

    private Task<BasculeCommand> RunAsync(params string[] arguments) =>
        BasculeCommand.RunAsync(_stage.Folder, [.. arguments, "--config", _stage.SettingsFile]);

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", RegexOptions.NonBacktracking)]
    private static partial Regex Time();

    [GeneratedRegex("delivery [a-z0-9-]+", RegexOptions.NonBacktracking)]
    private static partial Regex Delivery();
}

/// <summary>With an environment that looks for what was trained by hand.</summary>
public sealed class TraceStage : QuickStage
{
    public const string Environment = "by-hand";
    public const string Experiment = "/Shared/by-hand";
    public const string Job = "nightly";

    protected override StageOptions Options =>
        new()
        {
            MoreSettings =
                $"  {Environment}: {{ platform: dbx, catalog: main, repositories: [\"git:ml/*\"], branches: [by-hand], observe: {{ experiments: [{Experiment}], jobs: [{Job}] }} }}",
        };
}
