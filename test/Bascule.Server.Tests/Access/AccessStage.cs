using System.Net.Http.Headers;
using System.Text;
using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Bascule.Server.Connections;
using Bascule.Server.Tests.Configuration;
using Bascule.Testing.People;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.Access;

/// <summary>The whole server with people signed in: one for each role, and for each role one more who has it for another repository only.</summary>
public sealed class AccessStage : IAsyncLifetime
{
    public const string Issuer = "https://id.example.com";
    private const string PublicName = "bascule.example.com";
    private readonly SettingsFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    internal Host Host { get; private set; } = null!;
    internal FakeSessions Sessions { get; } = new();

    /// <summary>A run of ml/churn in ml-prod that failed.</summary>
    internal Run Run { get; private set; } = null!;
    internal string DeliveryUid => "d-churn";

    /// <summary>A model version that a run of ml/churn registered.</summary>
    internal string Traced => "main.churn.classifier@7";

    /// <summary>The number of a row of ml/churn that was set aside.</summary>
    internal string SetAside { get; private set; } = "";

    internal IReadOnlyList<RouteEndpoint> Routes =>
        [
            .. Host
                .Services.GetServices<EndpointDataSource>()
                .SelectMany(source => source.Endpoints)
                .OfType<RouteEndpoint>(),
        ];

    public async Task InitializeAsync()
    {
        var yaml = SettingsFolder
            .With("  tls: { certificate: tls.pem, key: tls.key }\n", "")
            .Replace("0.0.0.0:8443", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("127.0.0.1:8081", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("https://company.okta.com", "http://127.0.0.1:1", StringComparison.Ordinal)
            .Replace("https://otel.example.com:4318", "http://127.0.0.1:1", StringComparison.Ordinal);
        var roles = new StringBuilder("roles:\n");
        foreach (var role in Enum.GetNames<Role>().Select(name => name.ToLowerInvariant()))
            roles
                .AppendLine($"  - {{ role: {role}, to: [\"group:{role}s\"] }}")
                .AppendLine($"  - {{ role: {role}, to: [\"group:other-{role}s\"], repositories: [\"git:ml/other\"] }}");
        var from = yaml.IndexOf("roles:", StringComparison.Ordinal);
        var to = yaml.IndexOf("intake:", StringComparison.Ordinal);
        var (settings, problems) = _folder.Load(yaml[..from] + roles + yaml[to..]);
        problems.ShouldBeEmpty();
        var started = await Host.StartAsync(
            settings!,
            TimeProvider.System,
            logs => logs.SetMinimumLevel(LogLevel.None),
            RuntimeCheck.Running,
            default,
            services => services.AddSingleton<ISessions>(Sessions)
        );
        started.Problem.ShouldBeNull();
        Host = started.Value;
        await FillAsync();
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    /// <summary>Stored as a person, and not signed in yet.</summary>
    internal async Task<Actor> PersonAsync(params string[] groups)
    {
        var person = new Person(Person.NewUid(), new Subject(Issuer, Guid.NewGuid().ToString()))
        {
            Name = $"One of {string.Join(", ", groups)}",
            Groups = groups,
            FirstSeenAt = DateTimeOffset.UtcNow,
            LastSeenAt = DateTimeOffset.UtcNow,
        };
        await ApplyAsync(new SavePerson(person));
        return person.ToActor(DateTimeOffset.UtcNow);
    }

    /// <summary>On the public listener, under its own name, as the command line asks.</summary>
    internal Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, Actor? actor) =>
        SendAsync(PublicRequest(method, path), actor is null ? null : Sessions.Bearer(actor));

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? bearer = null)
    {
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    internal HttpRequestMessage PublicRequest(HttpMethod method, string path) =>
        new(method, new Uri(Host.ListenUrl, path)) { Headers = { Host = PublicName } };

    internal HttpRequestMessage LocalRequest(HttpMethod method, string path) =>
        new(method, new Uri(Host.LocalUrl, path));

    internal T Get<T>()
        where T : notnull => Host.Services.GetRequiredService<T>();

    internal async Task ApplyAsync(params Change[] changes) =>
        (await Get<IWorkStore>().ApplyAsync(changes, default)).Problem.ShouldBeNull();

    private async Task FillAsync()
    {
        var forge = Get<ForgeConnections>().FindByName("git")!.Uid;
        var (churn, other) = (new RepositoryKey(forge, 7), new RepositoryKey(forge, 8));
        Run = ARun(churn, "ml/churn");
        var succeeded = ARun(churn, "ml/churn") with { State = RunState.Succeeded, Key = new IdempotencyKey("done") };
        await ApplyAsync(
            new SaveRepository(churn, Repository(7, "churn")),
            new SaveRepository(other, Repository(8, "other")),
            new AddRun(Run),
            new AddRun(succeeded),
            new SaveResults(succeeded.Id, [], [new ModelVersion("main.churn.classifier", "7", null)]),
            new AddRun(ARun(other, "ml/other"))
        );
        foreach (var (uid, key) in new[] { (DeliveryUid, churn), ("d-other", other) })
            await Get<IDeliveryStore>().AppendAsync(ADelivery(uid, key), Later(uid, key), default);
        SetAside = await SetAsideAsync(churn);
    }

    private async Task<string> SetAsideAsync(RepositoryKey key)
    {
        var work = Get<IWorkStore>();
        await ApplyAsync(new AddWork(Later("d-set-aside", key)));
        var item = (await work.ReadWaitingAsync("d-set-aside", default)).Single();
        await work.SettleAsync(
            item,
            new QuarantinedWork(Problem.Internal("it failed")),
            DateTimeOffset.UtcNow,
            default
        );
        return $"{(await work.ReadQuarantinedAsync(1, default))[0].Item.Id}";
    }

    /// <summary>Due in a year: nothing of it is handled while a test looks.</summary>
    private static NewWork Later(string uid, RepositoryKey key) =>
        new(uid, "delivery", uid, DateTimeOffset.UtcNow.AddYears(1)) { Share = key.ToString() };

    private static ForgeRepository Repository(long id, string name) =>
        new()
        {
            Id = id,
            Owner = "ml",
            Name = name,
            DefaultBranch = "main",
        };

    private static Delivery ADelivery(string uid, RepositoryKey key) =>
        new()
        {
            Uid = uid,
            WebhookUid = "w-1",
            Repository = key,
            DeliveryId = uid,
            EventName = "push",
            BodyDigest = uid,
            Json = Encoding.UTF8.GetBytes($"[\"{uid}\"]"),
            ReceivedAt = DateTimeOffset.UtcNow,
        };

    private static Run ARun(RepositoryKey key, string name) =>
        new()
        {
            Id = RunId.New(),
            Repository = key,
            Forge = "git",
            RepositoryName = name,
            Workflow = "churn",
            Environment = "ml-prod",
            Trigger = Trigger.Ref(RefName.Parse("refs/heads/main"), 1),
            Ref = RefName.Parse("refs/heads/main"),
            Commit = CommitId.Parse(new string('a', 40)),
            Key = new IdempotencyKey(name),
            State = RunState.Failed,
            CreatedAt = DateTimeOffset.UtcNow,
            FinishedAt = DateTimeOffset.UtcNow,
        };
}
