using System.Net;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Deployments;
using Bascule.Server.Deployments.Outages;
using Bascule.Server.GitProxy;
using Bascule.Server.Sealing;
using Bascule.Server.Tests.Accounts;
using Bascule.Server.Tests.GitProxy;
using Bascule.Storage;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;
using Bascule.Testing.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.Deployments.Outages;

/// <summary>One or two whole servers on a PostgreSQL that can be stopped, with a forge, an issuer, and a repository that is deployed to <c>prod</c>.</summary>
internal sealed class OutageStage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly int _port = LoopbackPort.Find();
    private readonly List<Host> _replicas = [];
    private PliableIssuer _cluster = null!;
    private BasculeStage _world = null!;
    private HttpClient _http = null!;
    private PostgresServer _database = null!;
    private bool _isAway;
    private int _users;

    public StageRepository Repository { get; private set; } = null!;
    public Host One => _replicas[0];

    /// <summary>Of all replicas.</summary>
    public SkewedTime Clock { get; } = new();

    /// <summary>What the repository is called at the public address, whichever replica is asked.</summary>
    public string Resource => $"https://127.0.0.1:{_port}/git/git/{Repository.FullName}.git";

    public DeployPlace Place => new(Key, "prod");

    public BasculeStage World => _world;

    private RepositoryKey Key => new(Get<ForgeConnections>().FindByName("git")!.Uid, Repository.Forge.Id);

    public static async Task<OutageStage> StartAsync(string moreSettings = "")
    {
        var stage = new OutageStage { _database = await PostgresServer.StartAsync(durable: true) };
        stage._cluster = await PliableIssuer.StartAsync();
        stage._world = await BasculeStage.SetAsync(
            new()
            {
                PublicPort = stage._port,
                Postgres = stage._database.AddressOf(await stage._database.CreateDatabaseAsync()),
                MoreSettings = stage.Settings() + moreSettings,
            }
        );
        stage.Repository = await stage._world.CreateRepositoryAsync("dags");
        await stage.AddReplicaAsync();
        stage._http = stage._world.NewClient();
        await stage.KnowAsync();
        return stage;
    }

    /// <summary>With its own data, and the master key of the first.</summary>
    public async Task<Host> AddReplicaAsync()
    {
        var (settings, problems) = ServerSettings.Load(
            _world.SettingsFile,
            ConnectorKinds.Forges,
            ConnectorKinds.Platforms,
            Clock
        );
        problems.ShouldBeEmpty();
        if (_replicas.Count > 0)
            settings = settings! with
            {
                MasterKey = new MasterKeyFile(Path.Combine(settings.DataFolder, "master.key")),
                DataFolder = Path.Combine(_world.Folder, $"data-{_replicas.Count}"),
                Listen = settings.Listen with
                {
                    Public = new IPEndPoint(IPAddress.Loopback, 0),
                    Local = new IPEndPoint(IPAddress.Loopback, 0),
                },
            };
        var started = await Host.StartAsync(
            settings!,
            Clock,
            logs => logs.SetMinimumLevel(LogLevel.None),
            RuntimeCheck.Running,
            default
        );
        started.Problem.ShouldBeNull();
        _replicas.Add(started.Value);
        return started.Value;
    }

    /// <summary>At once; what it had under way breaks off.</summary>
    public async Task KillAsync(Host replica)
    {
        _replicas.Remove(replica);
        await replica.DisposeAsync();
    }

    /// <summary>By a run that nothing is in the way of.</summary>
    public async Task<string> DeployAsync(string commit)
    {
        var run = Sample.Run(commit) with { Repository = Key, Environment = "prod", Commit = CommitId.Parse(commit) };
        var moved = await Get<DeployRefs>().MoveAsync(run, default);
        moved.Problem.ShouldBeNull();
        return commit;
    }

    public Task<string> PushAsync(string text)
    {
        Repository.Developer.Write("churn.py", text);
        return Repository.Developer.CommitAndPushAsync(text);
    }

    /// <summary>Each replica reads what it needs, as it does every second.</summary>
    public async Task RememberAsync()
    {
        foreach (var replica in _replicas)
            await AgainAsync(async () =>
            {
                await replica.Services.GetRequiredService<OutageWatch>().LookAsync(default);
                return true;
            });
    }

    /// <summary>A token for git, in exchange for one of the issuer.</summary>
    public async Task<string> ExchangeAsync(string subject, Host? at = null)
    {
        var (status, body) = await TryExchangeAsync(subject, at);
        status.ShouldBe(HttpStatusCode.OK, body.ToJsonString());
        return (string)body["access_token"]!;
    }

    public Task<(HttpStatusCode Status, JsonNode Body)> TryExchangeAsync(
        string subject,
        Host? at = null,
        string scope = "git:fetch",
        Action<JsonObject>? change = null
    ) =>
        PostAsync(
            at ?? One,
            "/oauth/token",
            new()
            {
                ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
                ["subject_token"] = IdentityToken(subject, change),
                ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
                ["resource"] = Resource,
                ["scope"] = scope,
            }
        );

    public async Task RevokeAsync(string token) =>
        (await PostAsync(One, "/oauth/revoke", new() { ["token"] = token })).Status.ShouldBe(HttpStatusCode.OK);

    public GitUser User(string token) =>
        new(
            Path.Combine(_world.Folder, $"user-{Interlocked.Increment(ref _users)}"),
            token,
            Path.Combine(_world.Folder, "ca.pem"),
            "2"
        );

    public string AddressAt(Host? replica = null) =>
        new Uri((replica ?? One).ListenUrl, $"/git/git/{Repository.FullName}.git").AbsoluteUri;

    /// <summary>What a fresh clone has, with a real git.</summary>
    public async Task<string> CloneAsync(string token, Host? at = null)
    {
        var user = User(token);
        await user.GitAsync("clone", "-q", AddressAt(at), ".");
        return await user.GitAsync("rev-parse", "HEAD");
    }

    /// <summary>Waits until a request to the Git proxy is under way.</summary>
    public async Task UnderWayAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (Get<GitStreams>().Count == 0)
            await Task.Delay(20, deadline.Token);
    }

    public Task<string> RefuseAsync(string token, Host? at = null) => User(token).FailAsync("ls-remote", AddressAt(at));

    /// <summary>Waits until the audit log holds as many entries of one type that had to wait.</summary>
    public async Task<IReadOnlyList<JsonObject>> SpooledAsync(string type, int count)
    {
        for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50))
        {
            var entries = await AgainAsync(EntriesAsync);
            var found = entries
                .Where(entry => (string)entry["type"]! == type && entry.ContainsKey("spooled_at"))
                .ToList();
            if (found.Count >= count)
                return found;
            (DateTime.UtcNow < deadline).ShouldBeTrue($"of {type} there are {found.Count} of {count}");
        }
    }

    public T Get<T>()
        where T : notnull => One.Services.GetRequiredService<T>();

    /// <summary>The database is gone, as when its machine loses power; what was committed stays.</summary>
    public async Task LoseDatabaseAsync()
    {
        await _database.StopAsync();
        _isAway = true;
    }

    public async Task ReturnAsync()
    {
        if (_isAway)
            await _database.StartAgainAsync();
        _isAway = false;
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        foreach (var replica in _replicas)
            await replica.DisposeAsync();
        await _world.DisposeAsync();
        await _cluster.DisposeAsync();
        await ReturnAsync();
        await _database.DisposeAsync();
    }

    /// <summary>After the database has returned, connections of before may still be tried.</summary>
    private static async Task<T> AgainAsync<T>(Func<Task<T>> act)
    {
        for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50))
        {
            try
            {
                return await act();
            }
            catch (StorageException) when (DateTime.UtcNow < deadline) { }
        }
    }

    private async Task<IReadOnlyList<JsonObject>> EntriesAsync()
    {
        List<JsonObject> entries = [];
        while (await Get<IAuditLog>().ReadAsync(entries.Count, 500, default) is { Count: > 0 } page)
            entries.AddRange(page.Select(record => JsonNode.Parse(record.Entry.Span)!.AsObject()));
        return entries;
    }

    /// <summary>As an event would have told.</summary>
    private async Task KnowAsync()
    {
        var forge = Get<ForgeConnections>().FindByName("git")!.Forge;
        var found = await forge.FindRepositoryAsync("ml", "dags", default);
        var saved = await Get<IWorkStore>().ApplyAsync([new SaveRepository(Key, found.Value)], default);
        saved.Problem.ShouldBeNull();
    }

    /// <summary>By the clock of the stage.</summary>
    private string IdentityToken(string subject, Action<JsonObject>? change) =>
        _cluster.WorkloadToken(
            subject,
            $"https://127.0.0.1:{_port}",
            claims =>
            {
                foreach (var name in new[] { "iat", "nbf", "exp" })
                    if (claims[name] is { } at)
                        claims[name] = (long)at + (long)Clock.Off.TotalSeconds;
                change?.Invoke(claims);
            }
        );

    private async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(
        Host at,
        string path,
        Dictionary<string, string> form
    )
    {
        using var content = new FormUrlEncodedContent(form);
        using var answer = await _http.PostAsync(new Uri(at.ListenUrl, path), content);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!);
    }

    private string Settings() =>
        $$"""
            issuers:
              cluster: { url: "{{_cluster.Url}}", audiences: ["https://127.0.0.1:{{_port}}"] }
            trust_policies:
              airflow: { issuer: cluster, subject_pattern: "dag-*", repositories: ["git:ml/dags"], refs: ["refs/heads/deploy/prod"], verbs: [fetch] }
              once: { issuer: cluster, subject: once, repositories: ["git:ml/dags"], refs: ["refs/heads/deploy/prod"], verbs: [fetch], single_use: true }
              train: { issuer: cluster, subject: train, repositories: ["git:ml/dags"], refs: ["refs/heads/main"], verbs: [fetch] }

            """;
}
