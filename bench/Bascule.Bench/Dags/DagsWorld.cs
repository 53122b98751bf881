using System.Globalization;
using Bascule.Core.Runs;
using Bascule.Simulators;
using Bascule.Simulators.Airflow;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;

namespace Bascule.Bench.Dags;

/// <summary>
/// A forge, a real <c>bascule serve</c> and an Airflow simulator, and a repository of DAGs that is deployed by a push to <c>main</c>: by its webhook, through the
/// gate, to the deploy ref.
/// </summary>
internal sealed class DagsWorld : IAsyncDisposable
{
    /// <summary>DAG files besides the one that changes.</summary>
    public const int Files = 40;

    public const string Ref = "refs/heads/deploy/production";
    public const string Changed = "dags/changed.py";
    private const string Main = "main";
    private const string Password = "only-exists-in-the-benchmark-1";
    private readonly BasculeStage _stage;
    private readonly PliableIssuer _issuer;
    private readonly AirflowWorld _airflow;
    private readonly StageRepository _repository;

    private DagsWorld(BasculeStage stage, PliableIssuer issuer, AirflowWorld airflow, StageRepository repository) =>
        (_stage, _issuer, _airflow, _repository) = (stage, issuer, airflow, repository);

    public string Folder => _stage.Folder;

    public string CaFile => Path.Combine(_stage.Folder, "ca.pem");

    /// <summary>At Bascule's Git proxy.</summary>
    public string Address { get; private init; } = "";

    /// <summary>Where the forge keeps the branch that is pushed.</summary>
    public string Tip => Path.Combine(_repository.Forge.GitDirectory, "refs/heads", Main);

    public static async Task<DagsWorld> SetAsync()
    {
        var url = $"https://127.0.0.1:{LoopbackPort.Find()}";
        await using var parts = new AsyncStack();
        var issuer = parts.Push(await PliableIssuer.StartAsync());
        var airflow = parts.Push(new AirflowWorld());
        var stage = parts.Push(
            await BasculeStage.SetAsync(
                new()
                {
                    PublicPort = new Uri(url).Port,
                    HttpBackend = true,
                    PlatformSettings = await airflow.StartAsync(Password),
                    MoreSettings = Settings(issuer.Url, url),
                }
            )
        );
        await stage.StartBinaryAsync();
        var repository = await stage.CreateConnectedRepositoryAsync("dags", FirstFiles());
        airflow.Follow(repository.Forge.GitDirectory);
        parts.Keep();
        return new DagsWorld(stage, issuer, airflow, repository)
        {
            Address = $"{url}/git/git/{repository.FullName}.git",
        };
    }

    /// <summary>As the platform projects it into the pod of whoever follows.</summary>
    public string WorkloadToken() =>
        _issuer.WorkloadToken("dag-processor", new Uri(Address).GetLeftPart(UriPartial.Authority));

    public Task<string> CommitAsync(int number)
    {
        _repository.Developer.Write(Changed, Text(number));
        return _repository.Developer.CommitAsync(string.Create(CultureInfo.InvariantCulture, $"Push {number}"));
    }

    public Task PushAsync() => _repository.Developer.PushAsync(Main);

    /// <summary>Has Airflow read the version, and waits for the run's end: one run at a time changes an environment.</summary>
    public async Task SettleAsync(string commit)
    {
        await _stage.WaitForRunAsync(commit, run => run.Run.State is RunState.Started);
        await _airflow.ReadAsync();
        var ended = await _stage.WaitForRunAsync(commit);
        if (ended.Run.State is not RunState.Succeeded)
            throw new InvalidOperationException(_stage.Diagnose($"the run of {commit} ended as {ended.Run.State}"));
    }

    public static string Text(int number) =>
        Dag("changed", string.Create(CultureInfo.InvariantCulture, $"PUSH = {number}\n"));

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _airflow.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private static Dictionary<string, string> FirstFiles()
    {
        var files = new Dictionary<string, string>
        {
            [".bascule.yaml"] = """
                workflows:
                  dags:
                    on: { push: { branches: [main], environment: production } }
                    airflow: {}

                """,
            [Changed] = Text(0),
        };
        for (var file = 0; file < Files; file++)
            files[string.Create(CultureInfo.InvariantCulture, $"dags/dag{file}.py")] = Dag(
                string.Create(CultureInfo.InvariantCulture, $"dag{file}"),
                ""
            );
        return files;
    }

    private static string Dag(string id, string more) =>
        $"from airflow import DAG\nwith DAG(\"{id}\", schedule=None):\n    PythonOperator(task_id=\"load\")\n{more}";

    private static string Settings(string issuer, string url) =>
        $$"""
              production: { platform: airflow, repositories: ["git:ml/dags"], branches: [main], dags: { folder: dags } }
            issuers:
              cluster: { url: "{{issuer}}", audiences: ["{{url}}"] }
            trust_policies:
              dags: { issuer: cluster, subject: dag-processor, repositories: ["git:ml/dags"], refs: ["{{Ref}}"], verbs: [fetch], lifetime: 1h }

            """;
}

/// <summary>
/// The simulated Airflow, which has to say that it has read a version before a run ends. That is after what is measured, so it reads the repository as it lies on
/// the disk.
/// </summary>
internal sealed class AirflowWorld : IAsyncDisposable
{
    private readonly LoopbackAuthority _authority = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-bench-airflow-").FullName;
    private AirflowSimulator? _airflow;

    private string Link => Path.Combine(_folder, "repository");

    /// <returns>The platform's settings.</returns>
    public async Task<string> StartAsync(string password)
    {
        _airflow = await AirflowSimulator.StartAsync(
            new AirflowSimulatorOptions
            {
                Authority = _authority,
                DataDirectory = Path.Combine(_folder, "data"),
                Repository = Link,
                Subdirectory = "dags",
            }
        );
        _airflow.AddUser(new AirflowUser("bascule", AirflowRole.User) { Password = password });
        await File.WriteAllTextAsync(Path.Combine(_folder, "password"), password);
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.pem"), _authority.CaPem);
        return $$"""
              airflow:
                kind: airflow
                url: "{{_airflow.Url.GetLeftPart(UriPartial.Authority)}}"
                version: 3
                bundle: bascule
                ca: "{{Path.Combine(_folder, "ca.pem")}}"
                login: { user: bascule, password: "file:{{Path.Combine(_folder, "password")}}" }
            """;
    }

    public void Follow(string repository) => Directory.CreateSymbolicLink(Link, repository);

    public async Task ReadAsync()
    {
        if ((await _airflow!.FollowAsync()).Fault is { } fault)
            throw new InvalidOperationException($"the simulated Airflow cannot read the repository: {fault}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_airflow is not null)
            await _airflow.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
