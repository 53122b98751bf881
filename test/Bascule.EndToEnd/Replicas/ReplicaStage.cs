using System.Net;
using Bascule.Testing.Network;
using Bascule.Testing.Stage;
using Bascule.Testing.Storage;

namespace Bascule.EndToEnd.Replicas;

/// <summary>
/// Real <c>bascule serve</c> processes on one real PostgreSQL, with a balancer before them and a cable of its own from each to the forge. All know the forge
/// by one address, as they must: a junction there tells by the process whose connection it is. The first replica is the stage's.
/// </summary>
public abstract class ReplicaStage(int count) : IAsyncLifetime
{
    /// <summary>Of the test classes: so many processes at once would make each other slow.</summary>
    internal const string OneAfterTheOther = "several replicas";

    private readonly List<StageReplica> _replicas = [];
    private CuttingRelay _balancer = null!;
    private CuttingRelay _junction = null!;
    private PostgresServer _server = null!;
    private string _database = "";
    private int _turn;
    private int _repositories;

    public BasculeStage Stage { get; private set; } = null!;
    internal IReadOnlyList<StageReplica> Replicas => _replicas;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _database = await _server.CreateDatabaseAsync();
        _balancer = new CuttingRelay(Next);
        _junction = new CuttingRelay(from =>
            _replicas.Find(replica => Connections.AreOf(replica.SettingsFile, from)) is { } owner
                ? new IPEndPoint(IPAddress.Loopback, owner.Cable.Port)
                : throw new InvalidOperationException($"nobody here connects from {from}")
        );
        var options = new StageOptions
        {
            Front = _balancer.Port,
            ForgePort = _junction.Port,
            Postgres = _server.AddressOf(_database),
        };
        Stage = await BasculeStage.SetAsync(options);
        await AddAsync(new StageReplica(Stage.SettingsFile, CableToTheForge()));
        while (_replicas.Count < count)
            await AddAsync(NextReplica());
        Stage.AskAt(Stage.SettingsFile);
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
            await replica.DisposeAsync();
        await Stage.DisposeAsync();
        await _junction.DisposeAsync();
        await _balancer.DisposeAsync();
    }

    public Task<StageRepository> RepositoryAsync() =>
        Stage.CreateConnectedRepositoryAsync($"shared-{Interlocked.Increment(ref _repositories)}");

    /// <summary>The one that holds most of the inbox just now, as the database says.</summary>
    internal async Task<StageReplica> BusiestAsync()
    {
        var held = new List<long>();
        foreach (var replica in _replicas)
        {
            var mine = $"SELECT count(*) FROM shard WHERE holder LIKE '%-{replica.ProcessId}-%'";
            held.Add(await _server.CountAsync(_database, mine));
        }
        return _replicas[held.IndexOf(held.Max())];
    }

    internal async Task<long> CountAsync(string sql) => await _server.CountAsync(_database, sql);

    private async Task AddAsync(StageReplica replica)
    {
        _replicas.Add(replica);
        await replica.StartAsync();
    }

    private CuttingRelay CableToTheForge() =>
        new(() => new IPEndPoint(IPAddress.Loopback, Stage.Forge.BaseAddress.Port));

    /// <summary>As an operator sets it up: the same files in another folder, and the first one's key.</summary>
    private StageReplica NextReplica()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Stage.Folder, $"replica-{_replicas.Count + 1}")).FullName;
        var data = Directory.CreateDirectory(
            Path.Combine(folder, "data"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        foreach (var file in (string[])["ca.pem", "server.pem", "server.key", "forge.token", "postgres"])
            File.Copy(Path.Combine(Stage.Folder, file), Path.Combine(folder, file));
        File.Copy(Path.Combine(Stage.DataFolder, "master.key"), Path.Combine(data.FullName, "master.key"));
        var settings = StageSettings.Write(
            folder,
            (LoopbackPort.Find(), LoopbackPort.Find()),
            _balancer.Port,
            "gitea",
            new UriBuilder(Stage.Forge.BaseAddress) { Port = _junction.Port }.Uri,
            Stage.Databricks.Url,
            "storage: { postgres: \"file:postgres\" }\n"
        );
        return new StageReplica(settings, CableToTheForge());
    }

    /// <summary>In turn, and only to those that run, as a balancer with health checks.</summary>
    private IPEndPoint Next()
    {
        var serving = _replicas.Where(replica => replica.IsServing).ToList();
        var turn = (uint)Interlocked.Increment(ref _turn);
        return new IPEndPoint(IPAddress.Loopback, serving[(int)(turn % (uint)serving.Count)].PublicPort);
    }
}

public sealed class TwoReplicas() : ReplicaStage(2);

public sealed class ThreeReplicas() : ReplicaStage(3);
