using System.Net;
using Bascule.Client;
using Bascule.Server.Api;
using Bascule.Simulators;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Forges;
using Bascule.Testing.Network;
using Bascule.Testing.Stage;
using Bascule.Testing.Storage;
using Npgsql;

namespace Bascule.Bench.Crash;

/// <summary>A forge and a platform (simulated), a real PostgreSQL that waits for the disk, a balancer, and two real <c>bascule serve</c> behind it.</summary>
internal sealed class CrashWorld : IAsyncDisposable
{
    public const string Developer = "dana";
    private const string Bot = "bascule-bot";
    private const string Workflow = """
        workflows:
          train:
            on: { push: { branches: [main], environment: ml-prod } }
            databricks:
              task: { python: main.py, parameters: ["--commit", "{{commit}}"] }
              model: churn.NAME
        """;

    private readonly LoopbackAuthority _authority = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-crash-").FullName;
    private CuttingRelay _balancer = null!;
    private int _turn;

    public ForgeSimulator Forge { get; private set; } = null!;
    public DatabricksSimulator Databricks { get; private set; } = null!;
    public PostgresServer Postgres { get; private set; } = null!;
    public string Database { get; private set; } = "";
    public IReadOnlyList<CrashReplica> Replicas { get; private set; } = [];
    public IReadOnlyList<ForgeRepository> Repositories { get; private set; } = [];

    public static async Task<CrashWorld> SetAsync(CrashOptions options)
    {
        var world = new CrashWorld();
        await world.StartOutsideAsync(options);
        await world.StartReplicasAsync();
        await world.ConnectAsync();
        return world;
    }

    /// <summary>What the database knows of a commit.</summary>
    public async Task<IReadOnlyList<string>> TellAboutAsync(string commit)
    {
        await using var connection = new NpgsqlConnection(Postgres.AddressOf(Database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT 'update ' || ref || ' ' || generation || ' ' || move || ' by ' || coalesce(delivery, 'comparison') || ' at ' || at FROM ref_update WHERE after_tip = $1
            UNION ALL SELECT 'run ' || id || ' ' || state || ' ' || coalesce(reason, '') || ' begun ' || start_begun FROM run WHERE commit_id = $1
            UNION ALL SELECT 'step ' || step || ' ' || text FROM run_timeline JOIN run ON run.id = run_timeline.run WHERE commit_id = $1
            UNION ALL SELECT 'waiting ' || lane || ' ' || kind || ' attempt ' || attempt || ' due ' || due_at FROM work JOIN run ON run.id = work.subject WHERE commit_id = $1
            """,
            connection
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = commit });
        List<string> lines = [];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in Replicas)
            await replica.DisposeAsync();
        await _balancer.DisposeAsync();
        await Forge.DisposeAsync();
        await Databricks.DisposeAsync();
        await Postgres.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartOutsideAsync(CrashOptions options)
    {
        StageCertificates.Write(_folder, _authority);
        Postgres = await PostgresServer.StartAsync(durable: true);
        Database = await Postgres.CreateDatabaseAsync();
        Forge = await ForgeSimulator.StartAsync(
            new ForgeSimulatorOptions
            {
                Flavour = ForgeFlavour.Gitea,
                LoopbackAuthority = _authority,
                DataDirectory = Path.Combine(_folder, "forge"),
            }
        );
        Forge.AddUser(Developer, "only-exists-here-1");
        Forge.AddUser(Bot, Guid.NewGuid().ToString("N"));
        Forge.AddOrganisation("ml", Developer);
        Databricks = await DatabricksSimulator.StartAsync(
            new DatabricksSimulatorOptions
            {
                Authority = _authority,
                DataDirectory = Path.Combine(_folder, "databricks"),
                TrustedCaPem = _authority.CaPem,
                // What a job computes is not the question here.
                PythonExecutable = "/bin/true",
            }
        );
        Databricks.AddServicePrincipal(StageSettings.ServicePrincipal);
        Databricks.AddSchema("main", "churn");
        await CreateRepositoriesAsync(options.Repositories);
    }

    private async Task CreateRepositoriesAsync(int count)
    {
        List<ForgeRepository> repositories = [];
        for (var number = 0; number < count; number++)
        {
            var repository = await Forge.CreateRepositoryAsync("ml", $"crash{number}");
            Forge.SetCollaborator(repository, Bot, ForgeAccess.Admin);
            var files = new Dictionary<string, string?>
            {
                [".bascule.yaml"] = Workflow.Replace("NAME", $"model{number}", StringComparison.Ordinal),
                ["main.py"] = "print('done')\n",
            };
            await Forge.CommitAsync(repository, Developer, "main", "First", files);
            repositories.Add(repository);
        }
        Repositories = repositories;
    }

    private async Task StartReplicasAsync()
    {
        _balancer = new CuttingRelay(Next);
        var token = Forge.AddToken(Bot);
        List<CrashReplica> replicas = [];
        foreach (var name in (string[])["one", "two"])
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
            foreach (var file in (string[])["ca.pem", "server.pem", "server.key"])
                File.Copy(Path.Combine(_folder, file), Path.Combine(folder, file));
            await File.WriteAllTextAsync(Path.Combine(folder, "forge.token"), token);
            await File.WriteAllTextAsync(Path.Combine(folder, "postgres"), Postgres.AddressOf(Database));
            var ports = (Public: LoopbackPort.Find(), Local: LoopbackPort.Find());
            // The default budget, and a comparison every five seconds instead of every five minutes: the benchmark is not to last for hours.
            const string forge = "    reconcile: { every_seconds: 5 }";
            const string more = "storage: { postgres: \"file:postgres\" }\n";
            var file0 = StageSettings.Write(
                folder,
                ports,
                _balancer.Port,
                "gitea",
                Forge.BaseAddress,
                Databricks.Url,
                more,
                forge
            );
            if (replicas.Count > 0)
                CopyKey(replicas[0].Folder, folder);
            var replica = new CrashReplica(folder, file0, ports.Public, ports.Local);
            await replica.StartAsync();
            replicas.Add(replica);
            Replicas = replicas;
        }
    }

    private static void CopyKey(string from, string to)
    {
        var data = Directory.CreateDirectory(
            Path.Combine(to, "data"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        File.Copy(Path.Combine(from, "data", "master.key"), Path.Combine(data.FullName, "master.key"));
    }

    /// <summary>In turn, and only to those that run, as a balancer with health checks.</summary>
    private IPEndPoint Next()
    {
        for (var tries = 0; tries < Replicas.Count; tries++)
        {
            var replica = Replicas[(int)((uint)Interlocked.Increment(ref _turn) % (uint)Replicas.Count)];
            if (replica.IsServing)
                return new IPEndPoint(IPAddress.Loopback, replica.PublicPort);
        }
        return new IPEndPoint(IPAddress.Loopback, Replicas[0].PublicPort);
    }

    private async Task ConnectAsync()
    {
        using var client = new BasculeClient(
            new Uri($"http://127.0.0.1:{Replicas[0].LocalPort}"),
            LocalToken.Open(Path.Combine(Replicas[0].Folder, "data")).Value.Secret
        );
        var pasted = new HashSet<string>();
        await foreach (var finding in client.ConnectAsync(CancellationToken.None))
        {
            if (finding.Failed(out var problem))
                throw new InvalidOperationException($"connect: {problem.Message}");
            if (finding.Value.Command is { } command && pasted.Add(command))
                PolicyPaste.Into(Databricks, finding.Value);
        }
    }
}
