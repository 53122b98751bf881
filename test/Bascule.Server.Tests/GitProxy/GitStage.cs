using System.Net.Security;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Settings;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Tests.Accounts;
using Bascule.Simulators;
using Bascule.Testing.Exchange;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>A forge with one repository, <c>ml/churn</c>, and the whole server before it, whose tokens the test gives out.</summary>
public sealed class GitStage : IAsyncLifetime
{
    private HttpClient _http = null!;
    private int _clones;

    internal BasculeStage World { get; private set; } = null!;
    internal Host Host { get; private set; } = null!;
    internal FakeGitPasses Passes { get; } = new();
    internal BreakableAudit Audit { get; } = new();
    internal StageRepository Churn { get; private set; } = null!;
    internal string Log => _log.Text;

    /// <summary>The server's, which a test may set on.</summary>
    internal SkewedTime Clock { get; } = new();

    /// <summary>Further lines of the settings, to be set before it is initialised.</summary>
    internal string Settings { get; init; } = "";

    /// <summary>Puts other parts in the place of the server's, to be set before it is initialised.</summary>
    internal Action<IServiceCollection> Change { get; init; } = _ => { };

    private readonly LogText _log = new();

    internal Uri Address => Of("/git/git/ml/churn.git");

    public async Task InitializeAsync()
    {
        World = await BasculeStage.SetAsync(new() { MoreSettings = Settings });
        Churn = await World.CreateRepositoryAsync("churn");
        var (settings, problems) = ServerSettings.Load(
            World.SettingsFile,
            ConnectorKinds.Forges,
            ConnectorKinds.Platforms,
            TimeProvider.System
        );
        problems.ShouldBeEmpty();
        var started = await Host.StartAsync(
            settings!,
            Clock,
            logs => logs.AddFilter("Microsoft", LogLevel.Warning).AddProvider(_log),
            RuntimeCheck.Running,
            default,
            services => Change(services.AddSingleton<IGitPasses>(Passes).AddSingleton(Audit.Around(services)))
        );
        started.Problem.ShouldBeNull();
        Host = started.Value;
        _http = new HttpClient(Handler());
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await Host.DisposeAsync();
        await World.DisposeAsync();
        _log.Dispose();
    }

    internal RepositoryKey Key(StageRepository? repository = null) =>
        new(Get<ForgeConnections>().FindByName("git")!.Uid, (repository ?? Churn).Forge.Id);

    /// <summary>A token for <c>ml/churn</c>.</summary>
    internal string Token(string refs = "refs/**", params GitVerb[] verbs) =>
        Passes.Give(Key(), refs, verbs.Length == 0 ? [GitVerb.Fetch] : verbs);

    /// <summary>A token for all of <c>ml/churn</c>, held by a machine.</summary>
    internal string WorkloadToken(params GitVerb[] verbs) =>
        Passes.Give(
            new GitPass(
                $"gt-{Guid.NewGuid():N}",
                new Actor(ActorType.Workload, "w-ci"),
                Key(),
                verbs.ToHashSet(),
                new RefPatterns([Glob.Parse("refs/**")]),
                "training",
                DateTimeOffset.UtcNow.AddHours(1)
            )
        );

    internal Uri Of(string path) => new(Host.ListenUrl, path);

    internal T Get<T>()
        where T : notnull => Host.Services.GetRequiredService<T>();

    internal GitUser User(string token, string version = "2") =>
        new(
            Path.Combine(World.Folder, $"user-{Interlocked.Increment(ref _clones)}"),
            token,
            Path.Combine(World.Folder, "ca.pem"),
            version
        );

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

    internal async Task<IReadOnlyList<JsonObject>> EntriesAsync(string type)
    {
        var records = await Get<IAuditLog>().ReadAsync(0, 10_000, default);
        return
        [
            .. records
                .Select(record => JsonNode.Parse(record.Entry.Span)!.AsObject())
                .Where(entry => (string)entry["type"]! == type),
        ];
    }

    private SocketsHttpHandler Handler() =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            SslOptions = Tls(host: null),
        };

    /// <summary>Trusts the stage's authority alone.</summary>
    internal SslClientAuthenticationOptions Tls(string? host)
    {
        var options = LoopbackAuthority.Trusting(World.CaPem);
        options.TargetHost = host;
        return options;
    }
}
