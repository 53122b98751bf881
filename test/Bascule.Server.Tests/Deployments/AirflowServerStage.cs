using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Api;
using Bascule.Core.Runs;
using Bascule.Simulators;
using Bascule.Simulators.Airflow;
using Bascule.Simulators.Forges;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.Deployments;

/// <summary>
/// The whole server between a simulated forge and a simulated Airflow 3, which follows the deploy ref by a real git, with a token that its identity was exchanged
/// for and nothing of the forge's.
/// </summary>
internal sealed class AirflowServerStage(AirflowStageOptions options) : IAsyncDisposable
{
    private const string Password = "canary-airflow-password";
    private readonly int _port = LoopbackPort.Find();
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-airflow-").FullName;
    private readonly LoopbackAuthority _authority = new();
    private readonly Dictionary<string, string> _gitEnvironment = [];
    private PliableIssuer _cluster = null!;
    private HttpClient _http = null!;

    public BasculeStage Stage { get; private set; } = null!;
    public AirflowSimulator Airflow { get; private set; } = null!;
    public StageRepository Dags { get; private set; } = null!;

    /// <summary>Of the one DAG.</summary>
    public string DagFile => Folder == "." ? "churn.py" : $"{Folder}/churn.py";

    public string Address => $"https://127.0.0.1:{_port}/git/git/ml/dags.git";

    private string Folder { get; } = options.Folder;

    private ForgeFlavour Flavour { get; } = options.Flavour;

    private string Workflow { get; } = options.Workflow;

    private string More { get; } = options.MoreOfEnvironment;

    private string Base => $"https://127.0.0.1:{_port}";

    public static string Dag(string more = "") =>
        $"from airflow import DAG\nwith DAG(\"churn\", schedule=None):\n    PythonOperator(task_id=\"load\")\n{more}";

    public static async Task<AirflowServerStage> StartAsync(AirflowStageOptions? options = null)
    {
        var stage = new AirflowServerStage(options ?? new AirflowStageOptions());
        stage._cluster = await PliableIssuer.StartAsync();
        stage.Airflow = await AirflowSimulator.StartAsync(
            new AirflowSimulatorOptions
            {
                Authority = stage._authority,
                DataDirectory = Path.Combine(stage._folder, "airflow"),
                Repository = stage.Address,
                Ref = "refs/heads/deploy/dags-prod",
                Subdirectory = stage.Folder == "." ? "" : stage.Folder,
                GitEnvironment = stage._gitEnvironment,
                QueuedFor = TimeSpan.FromMilliseconds(100),
                TaskTakes = TimeSpan.FromMilliseconds(100),
            }
        );
        stage.Airflow.AddUser(new AirflowUser("bascule", AirflowRole.User) { Password = Password });
        await File.WriteAllTextAsync(Path.Combine(stage._folder, "password"), Password);
        await File.WriteAllTextAsync(Path.Combine(stage._folder, "ca.pem"), stage._authority.CaPem);
        stage.Stage = await BasculeStage.SetAsync(
            new()
            {
                Flavour = stage.Flavour,
                PublicPort = stage._port,
                PlatformSettings = stage.Platform(),
                MoreSettings = stage.Settings(),
            }
        );
        await stage.Stage.StartInProcessAsync();
        stage._http = stage.Stage.NewClient();
        stage.Dags = await stage.Stage.CreateConnectedRepositoryAsync(
            "dags",
            new Dictionary<string, string> { [".bascule.yaml"] = stage.Workflow, [stage.DagFile] = Dag() }
        );
        return stage;
    }

    public Task<string> PushAsync(string more)
    {
        Dags.Developer.Write(DagFile, Dag(more));
        return Dags.Developer.CommitAndPushAsync($"Change the DAG: {more.Trim()}");
    }

    /// <summary>Pushes, and waits until Airflow has read the version and the run has ended.</summary>
    public async Task<string> DeployAsync(string more)
    {
        var commit = await PushAsync(more);
        await SeeAsync(commit);
        return commit;
    }

    /// <summary>Has Airflow read a version that is being deployed, and waits for the end of its run.</summary>
    public async Task<RunDetail> SeeAsync(string commit)
    {
        await Stage.WaitForRunAsync(commit, run => run.Run.State is RunState.Started);
        (await FollowAsync()).ShouldBeNull();
        return await Stage.WaitForRunAsync(commit);
    }

    public async Task<DeploymentRecord> RollBackAsync()
    {
        var there = await Stage.Client.ListDeploymentsAsync("dags-prod", default);
        var back = await Stage.Client.RollBackAsync(
            there.Value.Deployments.ShouldHaveSingleItem(),
            "the forecast is empty",
            default
        );
        return back.Value;
    }

    /// <summary>What Airflow does every few minutes. Null when git could fetch.</summary>
    public async Task<string?> FollowAsync()
    {
        // A bundle's credential helper asks for a token whenever it is asked for a password.
        var header =
            $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{await ExchangeAsync()}"))}";
        _gitEnvironment["GIT_SSL_CAINFO"] = Path.Combine(Stage.Folder, "ca.pem");
        _gitEnvironment["GIT_CONFIG_COUNT"] = "1";
        _gitEnvironment["GIT_CONFIG_KEY_0"] = "http.extraHeader";
        _gitEnvironment["GIT_CONFIG_VALUE_0"] = header;
        return (await Airflow.FollowAsync()).Fault;
    }

    public async Task<string> ExchangeAsync()
    {
        using var content = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
                ["subject_token"] = _cluster.WorkloadToken("dag-processor", Base),
                ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
                ["resource"] = Address,
                ["scope"] = "git:fetch",
            }
        );
        using var answer = await _http.PostAsync(new Uri(Base + "/oauth/token"), content);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body.ToJsonString());
        return (string)body["access_token"]!;
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (Stage is not null)
            await Stage.DisposeAsync();
        await Airflow.DisposeAsync();
        await _cluster.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Platform() =>
        $$"""
              af:
                kind: airflow
                url: "{{Airflow.Url.GetLeftPart(UriPartial.Authority)}}"
                version: 3
                bundle: bascule
                ca: "{{Path.Combine(_folder, "ca.pem")}}"
                login: { user: bascule, password: "file:{{Path.Combine(_folder, "password")}}" }
            """;

    private string Settings() =>
        $$"""
              dags-prod: { platform: af, repositories: ["git:ml/dags"], branches: [main], dags: { folder: {{Folder}} }, error_stands_seconds: 0{{More}} }
            issuers:
              cluster: { url: "{{_cluster.Url}}", audiences: ["{{Base}}"] }
            trust_policies:
              airflow: { issuer: cluster, subject: dag-processor, repositories: ["git:ml/dags"], refs: ["refs/heads/deploy/dags-prod"], verbs: [fetch] }

            """;
}

/// <summary>What differs between stages.</summary>
internal sealed record AirflowStageOptions
{
    /// <summary>Where DAGs are; <c>.</c> is all of the repository.</summary>
    public string Folder { get; init; } = ".";

    public ForgeFlavour Flavour { get; init; }

    /// <summary>Further keys of the environment, each behind a comma.</summary>
    public string MoreOfEnvironment { get; init; } = "";

    public string Workflow { get; init; } =
        """
            workflows:
              dags:
                on: { push: { branches: [main], environment: dags-prod } }
                airflow: { run: churn }

            """;
}
