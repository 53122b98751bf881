using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Tests.Configuration;
using Bascule.Server.Tests.World;
using Bascule.Testing.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.Exchange;

/// <summary>The whole server with trust policies, an issuer that says what a test wants, and a forge in memory.</summary>
public sealed class ExchangeStage : IAsyncLifetime
{
    public const string Audience = "https://bascule.example.com";
    public const string Churn = "https://bascule.example.com/git/git/ml/churn.git";
    public const string Grant = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string TokenTypes = "urn:ietf:params:oauth:token-type:";
    private readonly SettingsFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly bool _isTight;

    public ExchangeStage()
        : this(isTight: false) { }

    /// <param name="isTight">Whether few refusals and few tokens are allowed in a minute.</param>
    internal ExchangeStage(bool isTight) => _isTight = isTight;

    /// <summary>One more issuer, by its address and the audience of its tokens; its policy is <c>service</c>, for the subject <c>svc</c>.</summary>
    internal (string Url, string Audience)? Service { get; init; }

    public PliableIssuer Cluster { get; private set; } = null!;
    internal Host Host { get; private set; } = null!;
    internal FakeForge Forge { get; } = new("gitea");

    public async Task InitializeAsync()
    {
        Cluster = await PliableIssuer.StartAsync();
        Forge.Repositories.AddRange([Repository(7, "ml", "churn"), Repository(8, "web", "site")]);
        var (settings, problems) = _folder.Load(Settings());
        problems.ShouldBeEmpty();
        var started = await Host.StartAsync(
            settings!,
            TimeProvider.System,
            logs => logs.SetMinimumLevel(LogLevel.None),
            RuntimeCheck.Running,
            default,
            services =>
                services.AddSingleton(provider => new ForgeConnections([
                    new ConnectedForge("f-git", "git", Forge, [Core.Settings.Glob.Parse("**")]),
                ]))
        );
        started.Problem.ShouldBeNull();
        Host = started.Value;
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await Cluster.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    internal T Get<T>()
        where T : notnull => Host.Services.GetRequiredService<T>();

    /// <summary>A good token of the workload <c>train</c>.</summary>
    public string Token(Action<JsonObject>? change = null, string subject = "train") =>
        Cluster.WorkloadToken(subject, Audience, change);

    public Task<Answer> ExchangeAsync(string token, string resource = Churn, string? scope = "git:fetch") =>
        PostAsync("/oauth/token", Form(token, resource, scope));

    public static IReadOnlyList<(string Name, string Value)> Form(
        string token,
        string resource = Churn,
        string? scope = null
    )
    {
        List<(string, string)> form =
        [
            ("grant_type", Grant),
            ("subject_token", token),
            ("subject_token_type", $"{TokenTypes}jwt"),
            ("resource", resource),
        ];
        if (scope is not null)
            form.Add(("scope", scope));
        return form;
    }

    public async Task<Answer> PostAsync(
        string path,
        IEnumerable<(string Name, string Value)> form,
        string? bearer = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Host.ListenUrl, path))
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, response.Headers, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>A person who has signed in at the command line.</summary>
    public async Task<(Person Person, SessionToken Token)> SignInAsync(SessionKind kind, params string[] groups)
    {
        var now = DateTimeOffset.UtcNow;
        var person = new Person(Person.NewUid(), new Subject("http://127.0.0.1:1", Guid.NewGuid().ToString()))
        {
            Name = "Ann",
            Groups = groups,
            FirstSeenAt = now,
            LastSeenAt = now,
        };
        var token = SessionToken.Make(kind);
        var session = new Session($"s-{Guid.NewGuid():N}", token.Digest, kind, person.Uid)
        {
            Issuer = person.Subject.Issuer,
            CreatedAt = now,
            SeenAt = now,
            ExpiresAt = now.AddMinutes(5),
        };
        var stored = await Get<IWorkStore>().ApplyAsync([new SavePerson(person), new AddSession(session)], default);
        stored.Problem.ShouldBeNull();
        return (person, token);
    }

    /// <summary>Of one type, newest last; what is counted is written first.</summary>
    public async Task<IReadOnlyList<JsonObject>> EntriesAsync(string type)
    {
        await Get<RefusalCounter>().FlushAsync(default);
        List<JsonObject> entries = [];
        while (await Get<IAuditLog>().ReadAsync(entries.Count, 500, default) is { Count: > 0 } page)
            entries.AddRange(page.Select(record => JsonNode.Parse(record.Entry.Span)!.AsObject()));
        return [.. entries.Where(entry => (string)entry["type"]! == type)];
    }

    private static ForgeRepository Repository(long id, string owner, string name) =>
        new()
        {
            Id = id,
            Owner = owner,
            Name = name,
            DefaultBranch = "main",
        };

    private string Settings() =>
        SettingsFolder
            .WithoutExchange()
            .Replace("sign_in:\n", Policies() + "sign_in:\n", StringComparison.Ordinal)
            .Replace("  tls: { certificate: tls.pem, key: tls.key }\n", "", StringComparison.Ordinal)
            .Replace("0.0.0.0:8443", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("127.0.0.1:8081", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("https://company.okta.com", "http://127.0.0.1:1", StringComparison.Ordinal)
            .Replace("https://otel.example.com:4318", "http://127.0.0.1:1", StringComparison.Ordinal);

    private string Policies() =>
        $$"""
            issuers:
              cluster: { url: "{{Cluster.Url}}", audiences: ["{{Audience}}"] }
              service: { url: "{{Service?.Url ?? "http://127.0.0.1:2"}}", audiences: ["{{Service?.Audience
                ?? "none"}}"] }
            trust_policies:
              service: { issuer: service, subject: svc, claims: { client_id: svc }, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [fetch] }
              nightly: { issuer: cluster, subject: train, repositories: ["git:ml/*"], refs: [refs/heads/main], verbs: [fetch] }
              once: { issuer: cluster, subject: once, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [fetch], single_use: true }
              people: { issuer: okta, subject_pattern: "*", claims: { groups: { has: ml } }, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [fetch, push] }
            exchange: { tokens_per_minute: {{(_isTight ? 2 : 1000)}}, refusals_per_minute: {{(_isTight ? 3 : 1000)}} }

            """;
}

public sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, JsonNode? Body)
{
    public string Error => (string)Body!["error"]!;
    public string Token => (string)Body!["access_token"]!;
}
