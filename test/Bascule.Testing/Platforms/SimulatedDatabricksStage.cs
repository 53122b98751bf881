using System.Globalization;
using System.Net.Http.Headers;
using Bascule.Connectors.Platforms.Databricks;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Core.Settings;
using Bascule.Simulators;
using Bascule.Simulators.Databricks;
using Shouldly;

namespace Bascule.Testing.Platforms;

/// <summary>The strict Databricks simulator, which really runs the code with python3. No live workspace was ever available.</summary>
public sealed class SimulatedDatabricksStage : PlatformStage, IKeepsRuns, ITrains, IPromotes
{
    public const string Client = "0f3c2a1e-1111-2222-3333-444455556666";
    private const string Issuer = "https://bascule.example";
    private const string Subject = "env:test";
    public const string PlannerClient = "0f3c2a1e-9999-2222-3333-444455556666";
    private const string PlanSubject = "plan:test";

    private const string Script = """
        import json, os, sys, time, urllib.request

        def call(path, body, method="POST"):
            request = urllib.request.Request(os.environ["DATABRICKS_HOST"] + "/api/2.0/mlflow/" + path, json.dumps(body).encode(), method=method,
                headers={"Authorization": "Bearer " + os.environ["DATABRICKS_TOKEN"], "Content-Type": "application/json"})
            return json.load(urllib.request.urlopen(request))

        mark, commit, model, experiment = sys.argv[1:5]
        try:
            experiment_id = call("experiments/create", {"name": experiment})["experiment_id"]
        except urllib.error.HTTPError:
            url = os.environ["DATABRICKS_HOST"] + "/api/2.0/mlflow/experiments/get-by-name?experiment_name=" + experiment
            request = urllib.request.Request(url, headers={"Authorization": "Bearer " + os.environ["DATABRICKS_TOKEN"]})
            experiment_id = json.load(urllib.request.urlopen(request))["experiment"]["experiment_id"]
        tags = [{"key": "bascule.run", "value": mark}, {"key": "bascule.commit", "value": commit}]
        run_id = call("runs/create", {"experiment_id": experiment_id, "start_time": int(time.time() * 1000), "tags": tags})["run"]["info"]["run_id"]
        call("runs/log-metric", {"run_id": run_id, "key": "rmse", "value": 0.25, "timestamp": 1, "step": 0})
        try:
            call("unity-catalog/registered-models/create", {"name": model})
        except urllib.error.HTTPError:
            pass
        version = call("unity-catalog/model-versions/create", {"name": model, "source": "dbfs:/m", "run_id": run_id})["model_version"]["version"]
        call("unity-catalog/model-versions/finalize", {"name": model, "version": version})
        call("runs/update", {"run_id": run_id, "status": "FINISHED"})
        print("trained", open("data.csv").read())

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-dbx-").FullName;
    private readonly LoopbackAuthority _authority = new();
    private readonly SigningIdentity _identity = new(Issuer, Subject);
    private readonly SigningIdentity _stranger = new(Issuer, "env:stranger");
    private readonly SigningIdentity _planner = new(Issuer, PlanSubject);
    private readonly List<IDisposable> _connections = [];

    public DatabricksSimulator Simulator { get; private set; } = null!;

    public DatabricksConnector Connector { get; } = new();

    /// <summary>Null unless connections are to have the CLI.</summary>
    public DatabricksCliStandIn? Cli { get; private set; }

    /// <summary>Whether connections have the CLI; set before the stage is initialised.</summary>
    public bool HasCli { get; init; }

    /// <summary>Bascule's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether the published limits are kept; set before the stage is initialised.</summary>
    public bool RateLimits { get; init; }

    public override string Kind => Connector.Kind;

    public override IRunIdentity Identity => _identity;

    public override IRunIdentity Stranger => _stranger;

    public override IRunIdentity Planner => _planner;

    public override PlatformEnvironment Environment =>
        EnvironmentOf("""{"catalog":"dev","experiments":"/Shared","bundles":["prod"]}""");

    public StagedCode Training =>
        new(
            MemoryTree.Of(("train.py", Script), ("data.csv", "a,b")),
            TaskOf(
                """{"task":{"python":"train.py","parameters":["{{run}}","{{commit}}","{{model}}","{{experiment}}"]},"model":"churn.classifier"}"""
            )
        );

    public StagedCode NewFailing() =>
        new(
            MemoryTree.Of(("fail.py", "print('about to fail')\nraise SystemExit(1)\n")),
            TaskOf("""{"task":{"python":"fail.py"} }""")
        );

    public override StagedCode NewEndless() =>
        new(MemoryTree.Of(("wait.py", "import time\ntime.sleep(600)\n")), TaskOf("""{"task":{"python":"wait.py"} }"""));

    public string LastWords => "about to fail";

    public string Model => "dev.churn.classifier";

    public override string Target => Model;

    public override int Effects => Simulator.PlatformRuns;

    public override int Calls => Simulator.Requests.Count(request => !request.FromJob);

    /// <summary>Every assertion, and every token that the workspace gave for one.</summary>
    public override IEnumerable<string> Secrets =>
        _identity
            .Signed.Concat(_stranger.Signed)
            .Concat(_planner.Signed)
            .Concat(
                Simulator
                    .Requests.Where(request => request.Authorization is not null)
                    .Select(request => request.Authorization!.Split(' ')[^1])
            )
            .Distinct();

    public PlatformTask TaskOf(string json) => Read(json, Connector.ReadTask);

    public PlatformEnvironment EnvironmentOf(string json) => Read(json, Connector.ReadEnvironment);

    /// <summary>Calls of somebody who works in the workspace.</summary>
    public HttpClient Colleague() => ColleagueOf(Simulator, _authority);

    public static HttpClient ColleagueOf(DatabricksSimulator simulator, LoopbackAuthority authority)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = LoopbackAuthority.Trusting(authority.CaPem),
        };
        var client = new HttpClient(handler) { BaseAddress = simulator.Url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", simulator.CreateToken());
        return client;
    }

    public override IPlatform Connect()
    {
        var url = Simulator.Url.GetLeftPart(UriPartial.Authority);
        var cli = Cli is null ? "" : $"\"cli\":\"{Cli.Path}\",";
        var plans = Cli is null ? "" : $",\"planner\":\"{PlannerClient}\"";
        var platform = Read(
            $$"""{"url":"{{url}}","ca":"ca.pem",{{cli}}"login":{"federation":{"client":"{{Client}}","audience":"{{url}}"{{plans}}} } }""",
            settings => Connector.Open("dbx", settings, new ConnectionHost(Time, _folder, new Uri(Issuer)))
        );
        _connections.Add((IDisposable)platform);
        return platform;
    }

    public override Func<bool> LoseNextAnswer()
    {
        Simulator.Inject(Fault.AbortAfter("POST", "/jobs/runs/submit$"));
        return () => !Simulator.HasFaults;
    }

    public string MoveOperation => "databricks.models.alias.set";

    public Func<bool> LoseNextMove()
    {
        Simulator.Inject(Fault.AbortAfter("PUT", "/aliases/"));
        return () => !Simulator.HasFaults;
    }

    public override StagedCode NewWork() => Training;

    public void Delete(StagedRun run) => Simulator.DeleteRun(long.Parse(run.PlatformId!, CultureInfo.InvariantCulture));

    public override async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Join(_folder, "ca.pem"), _authority.CaPem);
        Simulator = await DatabricksSimulator.StartAsync(
            new DatabricksSimulatorOptions
            {
                Authority = _authority,
                DataDirectory = Path.Join(_folder, "data"),
                RateLimits = RateLimits,
                PendingFor = TimeSpan.FromMilliseconds(1),
            }
        );
        Simulator.AddServicePrincipal(Client, "bascule");
        Simulator.AddSchema("dev", "churn");
        LetIn(Client, Subject, _identity);
        if (!HasCli)
            return;
        Cli = DatabricksCliStandIn.Install(Path.Join(_folder, "cli"));
        Simulator.AddServicePrincipal(PlannerClient, "bascule plans");
        LetIn(PlannerClient, PlanSubject, _planner);
    }

    public override async Task DisposeAsync()
    {
        _connections.ForEach(connection => connection.Dispose());
        if (Simulator is not null)
            await Simulator.DisposeAsync();
        _authority.Dispose();
        _identity.Dispose();
        _stranger.Dispose();
        _planner.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void LetIn(string client, string subject, SigningIdentity identity) =>
        Simulator.AddFederationPolicy(
            client,
            new FederationPolicy(Issuer, subject)
            {
                Audiences = [Simulator.Url.GetLeftPart(UriPartial.Authority)],
                JwksJson = identity.JwksJson,
            }
        );

    private static T Read<T>(string json, Func<SettingReader, T?> read)
        where T : class
    {
        var (reader, problems) = SettingTree.Read(json);
        var value = read(reader);
        problems.ShouldBeEmpty();
        return value.ShouldNotBeNull();
    }
}
