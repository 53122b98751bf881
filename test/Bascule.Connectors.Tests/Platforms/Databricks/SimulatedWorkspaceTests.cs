using System.Globalization;
using Bascule.Core.Platforms;
using Bascule.Simulators.Databricks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

/// <summary>What only Databricks has, on the strict simulator with its limits on.</summary>
public sealed class SimulatedWorkspaceTests : IAsyncLifetime
{
    private const string Import = "/api/2.0/workspace/import";
    private readonly SimulatedDatabricksStage _stage = new() { RateLimits = true };

    private DatabricksSimulator Simulator => _stage.Simulator;

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    public async Task SendsFewPacksForOneChangeInALargeTreeAndRunsIt()
    {
        var task = _stage.TaskOf("""{"task":{"python":"train.py"} }""");
        await RunAsync(new StagedCode(ALargeTree("one"), task), "one 300");
        var before = Imports();

        await RunAsync(new StagedCode(ALargeTree("two"), task), "two 300");

        (Imports() - before).ShouldBe(4); // pack, manifest, launcher, marker
    }

    [Fact]
    public async Task StaysBelowTheImportLimitOfTheWorkspace()
    {
        var tree = MemoryTree.Of(("nb.py", "# Databricks notebook source\nprint('ran')\n"));
        for (var i = 0; i < 70; i++)
            tree.Add(string.Create(CultureInfo.InvariantCulture, $"lib/m{i}.py"), "x = 1\n");
        var run = _stage.NewRun(new StagedCode(tree, _stage.TaskOf("""{"task":{"notebook":"nb.py"} }""")));

        (await run.StartAsync(_stage.Connect())).Problem.ShouldBeNull();

        Imports().ShouldBe(72); // none was refused and sent again
    }

    [Fact]
    public async Task RunsANotebookBesideItsFiles()
    {
        var tree = MemoryTree.Of(
            (
                "etl/nb.py",
                "# Databricks notebook source\ndbutils.notebook.exit(dbutils.widgets.get('run') + ' done')\n"
            ),
            ("etl/data.csv", "a,b")
        );
        var task = _stage.TaskOf("""{"task":{"notebook":"etl/nb.py","parameters":{"run":"{{run}}"} } }""");
        var (run, platform) = (_stage.NewRun(new StagedCode(tree, task)), _stage.Connect());

        (await run.StartAsync(platform)).Problem.ShouldBeNull();
        var end = await run.WatchToEndAsync(platform);

        end.State.ShouldBe(PlatformRunState.Succeeded, end.Message);
        end.LogTail.ShouldNotBeNull().ShouldContain($"{run.Mark} done");
    }

    [Fact]
    public async Task FindsAnInterruptedUploadAndGoesOn()
    {
        var run = _stage.NewRun(_stage.Training);
        Simulator.Inject(
            Fault.Error("POST", Import, 400, "INVALID_PARAMETER_VALUE", "no") with
            {
                Skip = 1,
                Times = 1,
            }
        );
        (await run.StartAsync(_stage.Connect())).Problem.ShouldNotBeNull();
        var before = Imports();

        (await run.StartAsync(_stage.Connect())).Problem.ShouldBeNull();

        (Imports() - before).ShouldBe(2); // the file that was left, and the marker
    }

    [Fact]
    public async Task LogsInAgainWhenItsTokensHaveEnded()
    {
        var (run, platform) = (_stage.NewRun(_stage.Training), _stage.Connect());
        await run.StartAsync(platform);
        Simulator.ExpireAllTokens();

        var seen = await platform.ObserveAsync(run.Started, default);

        seen.Problem.ShouldBeNull();
        Simulator.Requests.Count(request => request.Path == "/oidc/v1/token").ShouldBe(2);
    }

    [Theory]
    [Trait("Threat", "T143")]
    [InlineData("html")]
    [InlineData("endless")]
    [InlineData("redirect")]
    [InlineData("unavailable")]
    [InlineData("too many")]
    public async Task OutlivesWhateverAnswersAPoll(string answer)
    {
        var (run, platform) = (_stage.NewRun(_stage.Training), _stage.Connect());
        await run.StartAsync(platform);
        const string poll = "/jobs/runs/get$";
        Simulator.Inject(
            answer switch
            {
                "html" => Fault.Html("GET", poll, 200),
                "endless" => Fault.EndlessBody("GET", poll),
                "redirect" => Fault.Redirect("GET", poll, "https://elsewhere.example/"),
                "too many" => Fault.TooMany("GET", poll),
                _ => Fault.Unavailable("GET", poll),
            }
        );

        (await platform.ObserveAsync(run.Started, default)).Problem!.IsTransient.ShouldBeTrue();

        (await run.WatchToEndAsync(platform)).State.ShouldBe(PlatformRunState.Succeeded);
    }

    [Fact]
    [Trait("Threat", "T134")]
    public async Task IsNotFooledByARunThatCopiedTheMark()
    {
        var (mine, platform) = (_stage.NewRun(_stage.Training), _stage.Connect());
        await mine.StartAsync(platform);
        await mine.WatchToEndAsync(platform);
        var task = _stage.TaskOf(
            $$"""{"task":{"python":"train.py","parameters":["{{mine.Mark}}","abc","dev.churn.classifier","/Shared/churn"]} }"""
        );
        var forger = _stage.NewRun(_stage.Training with { Task = task });
        await forger.StartAsync(platform);
        (await forger.WatchToEndAsync(platform)).State.ShouldBe(PlatformRunState.Succeeded);

        var results = (await ((IRunResults)platform).ReadResultsAsync(mine.Started, default)).Value;

        results.Models.ShouldHaveSingleItem().Version.ShouldBe("1");
        results.Warnings.ShouldHaveSingleItem().ShouldContain("which is not this one");
    }

    [Fact]
    public async Task RunsTheExampleOfTheDocumentation()
    {
        var tree = MemoryTree.Of(("train.py", ExampleOf("docs/connectors/databricks.md", "DATABRICKS_HOST")));
        var (run, platform) = (_stage.NewRun(_stage.Training with { Tree = tree }), _stage.Connect());
        await run.StartAsync(platform);
        var end = await run.WatchToEndAsync(platform);

        var results = (await ((IRunResults)platform).ReadResultsAsync(run.Started, default)).Value;

        end.State.ShouldBe(PlatformRunState.Succeeded, end.LogTail);
        results.Metrics.ShouldHaveSingleItem().Name.ShouldBe("rmse");
        results.Models.ShouldHaveSingleItem().Name.ShouldBe(_stage.Model);
    }

    private static string ExampleOf(string page, string word)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(root, page)))
            root = Path.GetDirectoryName(root) ?? throw new FileNotFoundException(page);
        var blocks = File.ReadAllText(Path.Join(root, page)).Split("```python\n").Skip(1);
        return blocks
            .Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)])
            .Single(block => block.Contains(word, StringComparison.Ordinal));
    }

    private async Task RunAsync(StagedCode code, string output)
    {
        var (run, platform) = (_stage.NewRun(code), _stage.Connect());
        (await run.StartAsync(platform)).Problem.ShouldBeNull();
        var end = await run.WatchToEndAsync(platform);
        end.LogTail.ShouldNotBeNull().ShouldContain(output);
    }

    private int Imports() => Simulator.Requests.Count(request => request.Path == Import);

    private static MemoryTree ALargeTree(string word)
    {
        var tree = MemoryTree.Of(
            ("train.py", "import os\nprint(open('word.txt').read(), len(os.listdir('lib')))\n"),
            ("word.txt", word)
        );
        for (var i = 0; i < 300; i++)
            tree.Add(string.Create(CultureInfo.InvariantCulture, $"lib/m{i}.py"), "x = 1\n");
        return tree;
    }
}
