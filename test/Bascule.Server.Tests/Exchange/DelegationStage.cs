using System.Net;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Server.Exchange.Delegation;
using Bascule.Simulators.Forges;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Tests.Exchange;

/// <summary>A whole Bascule, a simulated Gitea with a policy repository, and an issuer that says what a test wants.</summary>
internal sealed class DelegationStage : IAsyncDisposable
{
    public const string Nightly =
        "trust_policies:\n  nightly: { issuer: cluster, subject: train, repositories: [\"git:ml/*\"], refs: [refs/heads/main], verbs: [fetch] }\n";

    private readonly PliableIssuer _cluster;
    private readonly HttpClient _http;
    private readonly int _port;

    private DelegationStage(PliableIssuer cluster, BasculeStage stage, int port, StageRepository policies)
    {
        (_cluster, Stage, _port, Policies) = (cluster, stage, port, policies);
        _http = stage.NewClient();
    }

    public BasculeStage Stage { get; }
    public StageRepository Policies { get; }
    public StageRepository Churn { get; private set; } = null!;

    private string Base => $"https://127.0.0.1:{_port}";

    /// <param name="file">The file of the policy repository.</param>
    public static async Task<DelegationStage> SetAsync(
        string file = Nightly,
        bool isProtected = true,
        string more = "",
        long? id = null,
        ForgeFlavour flavour = ForgeFlavour.Gitea
    )
    {
        var port = LoopbackPort.Find();
        var cluster = await PliableIssuer.StartAsync();
        var stage = await BasculeStage.SetAsync(new() { PublicPort = port, Flavour = flavour });
        var files = new Dictionary<string, string> { [TrustDelegation.File] = file };
        var policies = await stage.CreateRepositoryAsync("policies", files);
        if (isProtected)
            stage.Forge.ProtectBranch(policies.Forge, "main");
        var all = new DelegationStage(cluster, stage, port, policies);
        await File.AppendAllTextAsync(stage.SettingsFile, all.Settings(id ?? policies.Forge.Id, more));
        await stage.StartInProcessAsync();
        all.Churn = await stage.CreateConnectedRepositoryAsync("churn");
        await all.LookAsync();
        return all;
    }

    public Task LookAsync() =>
        Stage.Services.GetServices<IHostedService>().OfType<PolicyRepositoryWatch>().Single().LookAsync(default);

    /// <summary>As somebody with rights at the forge does it, past the protection.</summary>
    public async Task ChangeAsync(string? file)
    {
        Stage.Forge.Unprotect(Policies.Forge, "main");
        await Stage.Forge.CommitAsync(
            Policies.Forge,
            BasculeStage.DeveloperName,
            "main",
            "Change the policies",
            new Dictionary<string, string?> { [TrustDelegation.File] = file }
        );
        Stage.Forge.ProtectBranch(Policies.Forge, "main");
    }

    public async Task<(HttpStatusCode Status, JsonNode Body)> ExchangeAsync(
        string repository,
        string subject = "train",
        string scope = "git:fetch"
    )
    {
        using var form = new FormUrlEncodedContent([
            KeyValuePair.Create("grant_type", ExchangeStage.Grant),
            KeyValuePair.Create("subject_token", _cluster.WorkloadToken(subject, Base)),
            KeyValuePair.Create("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            KeyValuePair.Create("resource", $"{Base}/git/git/{repository}.git"),
            KeyValuePair.Create("scope", scope),
        ]);
        using var answer = await _http.PostAsync(new Uri(Base + "/oauth/token"), form);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>What the proxy answers to somebody with this token.</summary>
    public async Task<HttpStatusCode> FetchAsync(string token)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri($"{Base}/git/git/{Churn.FullName}.git/info/refs?service=git-upload-pack")
        );
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }

    public async Task<IReadOnlyList<JsonObject>> EntriesAsync(string type) =>
        [
            .. (await Stage.Services.GetRequiredService<IAuditLog>().ReadAsync(0, 10_000, default))
                .Select(record => JsonNode.Parse(record.Entry.Span)!.AsObject())
                .Where(entry => (string?)entry["type"] == type),
        ];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Stage.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private string Settings(long id, string more) =>
        $$"""

            issuers:
              cluster: { url: "{{_cluster.Url}}", audiences: ["{{Base}}"] }
            policy_repository: { repository: "git:ml/policies", id: {{id}}, branch: main, issuers: [cluster], repositories: ["git:ml/*"], verbs: [fetch], {{more}} }
            trust_policies:
              own: { issuer: cluster, subject: own, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [fetch] }

            """;
}
