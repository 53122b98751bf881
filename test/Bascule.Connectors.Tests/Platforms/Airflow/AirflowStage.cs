using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Airflow;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Simulators;
using Bascule.Simulators.Airflow;
using Bascule.Simulators.Tests.Airflow;
using Bascule.Simulators.Tests.OpenApi;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Airflow;

/// <summary>A strict simulator of one generation and a client of it; at the end, everything that was said is compared with the official description.</summary>
internal sealed class AirflowStage : IAsyncDisposable
{
    public const string Password = "canary-password";
    public const string Audience = "airflow-prod";
    private const string Issuer = "https://bascule.example";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bascule-airflow-");
    private readonly LoopbackAuthority _authority = new();
    private readonly AirflowGeneration _generation;
    private readonly List<AirflowClient> _clients = [];

    private AirflowStage(AirflowGeneration generation) => _generation = generation;

    public DagRepository Repository { get; } = new();
    public StageClock Clock { get; } = new();
    public RecordingAudit Audit { get; } = new();
    public SigningIdentity Identity { get; } = new(Issuer, "bridge");
    public AirflowSimulator Simulator { get; private set; } = null!;
    public AirflowClient Client { get; private set; } = null!;

    /// <summary>The one that was committed last.</summary>
    public CommitId Commit { get; private set; }
    public AirflowSession Session => new(Identity, Audit);
    public bool IsThree => _generation == AirflowGeneration.Three;

    /// <param name="isTrusting">Whether Airflow takes Bascule's own tokens, and the client shows them.</param>
    /// <param name="hasVersions">False for Airflow 3 over a checkout of git-sync.</param>
    public static async Task<AirflowStage> StartAsync(
        AirflowGeneration generation,
        bool isTrusting = false,
        bool hasVersions = true
    )
    {
        var stage = new AirflowStage(generation);
        var (keys, ca) = (Path.Join(stage._folder.FullName, "keys.json"), stage.CaFile);
        await File.WriteAllTextAsync(keys, stage.Identity.JwksJson);
        await File.WriteAllTextAsync(ca, stage._authority.CaPem);
        stage.Simulator = await AirflowSimulator.StartAsync(
            new AirflowSimulatorOptions
            {
                Authority = stage._authority,
                DataDirectory = Path.Join(stage._folder.FullName, "airflow"),
                Generation = generation,
                TimeProvider = stage.Clock,
                Repository = stage.Repository.Path,
                HasVersions = hasVersions,
                TrustedJwks = isTrusting ? new TrustedJwks(new Uri(keys), Issuer, Audience) : null,
            }
        );
        stage.Simulator.AddUser(new AirflowUser("bridge", AirflowRole.User) { Password = Password });
        stage.Simulator.AddUser(new AirflowUser("viewer", AirflowRole.Viewer) { Password = Password });
        stage.Client = stage.Connect(
            isTrusting
                ? new AirflowAccount.Signed(Audience)
                : new AirflowAccount.Password("bridge", new Secret(Password))
        );
        return stage;
    }

    public AirflowClient Connect(AirflowAccount account, int maxAnswer = 8 * 1024 * 1024)
    {
        var options = Options(account);
        var client = new AirflowClient(options, Http(options, maxAnswer), Clock);
        _clients.Add(client);
        return client;
    }

    public AirflowOptions Options(AirflowAccount account) =>
        new()
        {
            Name = "af",
            Url = Simulator.Url,
            CaFile = CaFile,
            Api = IsThree ? AirflowApi.V2 : AirflowApi.V1,
            Account = account,
            Bundle = IsThree ? "bascule" : null,
        };

    public OutboundClient Http(AirflowOptions options, int maxAnswer = 8 * 1024 * 1024) =>
        new(
            new OutboundOptions
            {
                Subject = options.Subject,
                Url = options.Url,
                CaFile = options.CaFile,
                Time = Clock,
                Timeout = TimeSpan.FromMinutes(2),
                MaxAnswerBytes = maxAnswer,
            }
        );

    /// <summary>One DAG with the tasks <c>extract</c> and <c>load</c>, and what is added to it.</summary>
    public static string Source(string more = "") => DagRepository.Dag("churn", "extract", "load") + more;

    /// <summary>Commits it; Airflow does not know yet.</summary>
    public AwaitedVersion Move(string more = "")
    {
        var before = Clock.GetUtcNow();
        var commit = Repository.Commit(("churn.py", Source(more)));
        Commit = CommitId.Parse(commit);
        Clock.Advance(TimeSpan.FromSeconds(1));
        return new AwaitedVersion(
            CommitId.Parse(commit),
            before,
            [new AwaitedDag("churn", "churn.py", DagText.DigestOf(Source(more)))],
            new HashSet<string> { "churn.py" }
        );
    }

    public async Task<AwaitedVersion> PublishAsync(string more = "")
    {
        var version = Move(more);
        (await Simulator.FollowAsync()).Fault.ShouldBeNull();
        return version;
    }

    public Task<Result<AirflowRun>> StartRunAsync(string id = "bascule-1", JsonObject? conf = null) =>
        Client.Runs.StartAsync(Session, "churn", id, Commit, conf ?? new JsonObject { ["commit"] = "c" }, default);

    public Task<Result<AirflowRun>> ReadRunAsync(string id = "bascule-1") =>
        Client.Runs.ReadAsync(Session, "churn", id, default);

    public IEnumerable<string> Asked(string method) =>
        Simulator.Exchanges.Where(exchange => exchange.Method == method).Select(exchange => exchange.Path);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await Simulator.DisposeAsync();
        _authority.Dispose();
        Identity.Dispose();
        Repository.Dispose();
        _folder.Delete(recursive: true);
        AirflowDescriptions.Faults(_generation, Simulator.Exchanges).ShouldBeEmpty();
    }

    private string CaFile => Path.Join(_folder.FullName, "ca.pem");
}
