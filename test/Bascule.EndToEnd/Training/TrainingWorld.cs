using Bascule.Client;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Simulators.Forges;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Training;

/// <summary>
/// A whole Bascule before one platform that trains: pull requests run in <c>open</c>, main runs in <c>live</c>, and an environment <c>other</c> takes pull requests
/// of <c>research/*</c>.
/// </summary>
internal sealed class TrainingWorld : IAsyncDisposable
{
    /// <summary>Python: what stands in a file of the repository.</summary>
    public const string Beside =
        "beside = lambda name: open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name)).read()";

    /// <summary>Python: the end of each script.</summary>
    public const string LastWords = """

        print(beside("said.txt"))
        sys.exit(int(beside("code.txt")))

        """;

    /// <summary>What <c>live</c> asks for where nothing is to run unseen.</summary>
    public const string Approved = """approvals: { required: 1, from: ["group:ml-leads"] }""";

    private readonly Approver _lead;

    private TrainingWorld(ITrainingPlace platform, Approver lead, BasculeStage stage) =>
        (Platform, _lead, Stage) = (platform, lead, stage);

    public BasculeStage Stage { get; }

    public ITrainingPlace Platform { get; }

    public StageRepository Repository { get; private set; } = null!;

    /// <param name="platform"><c>databricks</c> or <c>azureml</c>.</param>
    /// <param name="live">One more setting of that environment.</param>
    public static async Task<TrainingWorld> OpenAsync(string platform, string live)
    {
        ITrainingPlace place = platform == "azureml" ? await AzureMlPlace.StartAsync() : new DatabricksPlace();
        var lead = await Approver.StartAsync();
        var environments = $$"""
              open:  { {{place.Chosen}}, repositories: ["git:ml/*"], pull_requests: true }
              other: { {{place.Chosen}}, repositories: ["git:research/*"], pull_requests: true }
              live:  { {{place.Chosen}}, repositories: ["git:ml/*"], branches: [main], {{live}} }

            """;
        var stage = await lead.StartStageAsync(place.StageOptions with { MoreSettings = environments });
        var world = new TrainingWorld(place, lead, stage);
        await world.PushFirstAsync();
        return world;
    }

    public Task<BasculeClient> SignInAsync() => _lead.SignInAsync(Stage);

    /// <param name="pulls">Where the file of the repository has pull requests run.</param>
    public string File(string pulls = "open") =>
        $$"""
            workflows:
              churn:
                on:
                  push:         { branches: [main], environment: live }
                  pull_request: { branches: [main], environment: {{pulls}} }
            {{Platform.Workflow}}
                report: { metrics: { auc: higher } }

            """;

    /// <summary>A branch with something else to train, as a pull request into main.</summary>
    public async Task<(string Head, ForgePullRequest Pull)> ProposeAsync(string branch)
    {
        var head = await Repository.PushBranchAsync(branch);
        return (head, await Repository.OpenAsync(branch));
    }

    /// <summary>Waits for a run of the commit in an environment.</summary>
    public async Task<RunDetail> RunAsync(string commit, string? environment, Func<RunSummary, bool>? isSo = null)
    {
        var found = await Stage.WaitForAsync(
            $"a run of {commit} in {environment}",
            async () =>
                (await Stage.RunsOfAsync(commit)).FirstOrDefault(run =>
                    run.Environment == environment && run.Promotes is null && (isSo?.Invoke(run) ?? run.Final)
                )
        );
        return (await Stage.Client.GetRunAsync(found.Id, default)).Value;
    }

    public Task<RunDetail> AskedAsync(string commit) =>
        RunAsync(commit, "live", run => run.State == RunState.AwaitingApproval);

    /// <summary>A push to main that trains, until what it made is attested.</summary>
    public async Task<MadeVersionRecord> TrainAsync(string text)
    {
        var run = (await RunAsync(await Repository.PushToMainAsync(text), "live")).Run;
        run.State.ShouldBe(RunState.Succeeded, run.Reason);
        await Stage.WaitForStatementAsync(run.Id);
        var version = run.Models.ShouldHaveSingleItem().Version;
        var made = await Stage.Client.FindMadeVersionsAsync($"{Platform.Model}@{version}", default);
        return made.Value.Versions.ShouldHaveSingleItem();
    }

    public async Task PromoteAsync(MadeVersionRecord version)
    {
        var asked = await Stage.Client.PromoteAsync(version, "production", because: null, default);
        asked.Problem.ShouldBeNull();
        await EndedAsync(asked.Value.Id);
    }

    /// <returns>The merge's commit.</returns>
    public Task<string> MergeAsync(ForgePullRequest pull) =>
        Stage.Forge.MergePullRequestAsync(Repository.Forge, pull.Number, BasculeStage.DeveloperName);

    public async Task GoBackAsync(string because)
    {
        var promoted = (
            await Stage.Client.ListPromotionsAsync("live", default)
        ).Value.Promotions.ShouldHaveSingleItem();
        var asked = await Stage.Client.RollBackAsync(promoted, because, default);
        asked.Problem.ShouldBeNull();
        await EndedAsync(asked.Value.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await Stage.DisposeAsync();
        await _lead.DisposeAsync();
    }

    private async Task PushFirstAsync()
    {
        Platform.Join(Stage);
        Repository = await Stage.CreateRepositoryAsync(
            "churn",
            new Dictionary<string, string>
            {
                [".bascule.yaml"] = File(),
                ["train.py"] = Platform.Script,
                ["data.csv"] = "tenure,churned\n1,0\n",
                ["metrics.json"] = """{"auc": 0.75}""",
                ["said.txt"] = "",
                ["code.txt"] = "0",
            }
        );
        foreach (var finding in await Stage.ConnectAsync())
            Platform.Paste(finding);
    }

    private async Task EndedAsync(string id)
    {
        var run = await Stage.WaitForAsync(
            $"the end of run {id}",
            async () => (await Stage.Client.GetRunAsync(id, default)).Value is { Run.Final: true } ended ? ended : null
        );
        run.Run.State.ShouldBe(RunState.Succeeded, run.Run.Reason);
    }
}
