using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;

namespace Bascule.Bench.Gate;

/// <summary>A way to a repository.</summary>
/// <param name="Subject">Whose token opens it; null where the forge's own does.</param>
internal sealed record Way(string Name, string Address, string? Subject);

/// <summary>A forge stand-in over real <c>git http-backend</c>, an issuer, nginx before the forge, and a real <c>bascule serve</c> before it.</summary>
internal sealed class GateWorld : IAsyncDisposable
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:token-exchange";
    private readonly string _base;
    private readonly BasculeStage _stage;
    private readonly PliableIssuer _issuer;
    private readonly Nginx _nginx;
    private readonly HttpClient _http;
    private int _clones;

    private GateWorld(string address, BasculeStage stage, PliableIssuer issuer, Nginx nginx)
    {
        (_base, _stage, _issuer, _nginx) = (address, stage, issuer, nginx);
        _http = new HttpClient(Handler(stage.CaPem));
        Git = new GitClient(stage.Folder, Path.Combine(stage.Folder, "ca.pem"));
    }

    public GitClient Git { get; }

    public int ProcessId => _stage.ProcessId;

    /// <summary>What Bascule and nginx have used so far, of which one is at rest while the other is asked; gits are not in it.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            using var bascule = Process.GetProcessById(ProcessId);
            return bascule.TotalProcessorTime + Nginx.ProcessorTime;
        }
    }

    /// <param name="cold">So many views that nobody has asked for yet.</param>
    public static async Task<GateWorld> SetAsync(int cold, CancellationToken cancellationToken)
    {
        var url = $"https://127.0.0.1:{LoopbackPort.Find()}";
        await using var parts = new AsyncStack();
        var issuer = parts.Push(await PliableIssuer.StartAsync());
        var stage = parts.Push(
            await BasculeStage.SetAsync(
                new()
                {
                    PublicPort = new Uri(url).Port,
                    HttpBackend = true,
                    MoreSettings = Settings(issuer.Url, url, cold),
                }
            )
        );
        await stage.StartBinaryAsync();
        var nginx = parts.Push(await Nginx.StartAsync(stage.Folder, stage.Forge.BaseAddress, cancellationToken));
        parts.Keep();
        return new GateWorld(url, stage, issuer, nginx);
    }

    public Way Direct(string repository) =>
        new("direct", new Uri(_stage.Forge.BaseAddress, $"ml/{repository}.git").OriginalString, null);

    public Way ThroughNginx(string repository) =>
        new("nginx", $"https://127.0.0.1:{_nginx.Port}/ml/{repository}.git", null);

    /// <param name="policy">whole, view or cold-N.</param>
    public Way ThroughBascule(string repository, string policy) =>
        new(policy, $"{_base}/git/git/ml/{repository}.git", policy);

    /// <summary>An empty one, which Bascule may administer.</summary>
    /// <returns>Where it lies.</returns>
    public async Task<string> CreateRepositoryAsync(string name, CancellationToken cancellationToken)
    {
        var repository = await _stage.Forge.CreateRepositoryAsync(
            "ml",
            name,
            initialise: false,
            cancellationToken: cancellationToken
        );
        _stage.Forge.SetCollaborator(repository, BasculeStage.BotName, Simulators.Forges.ForgeAccess.Admin);
        return repository.GitDirectory;
    }

    public string NewFolder() =>
        Path.Combine(
            _stage.Folder,
            string.Create(CultureInfo.InvariantCulture, $"work-{Interlocked.Increment(ref _clones)}")
        );

    /// <summary>What git sends as the password: a fresh token of Bascule, or the forge's own.</summary>
    public async Task<string> LoginAsync(Way way, CancellationToken cancellationToken)
    {
        if (way.Subject is not { } subject)
            return _stage.ForgeToken;
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = Grant,
                ["subject_token"] = _issuer.WorkloadToken(subject, _base),
                ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
                ["resource"] = way.Address,
            }
        );
        using var answer = await _http.PostAsync(new Uri(_base + "/oauth/token"), form, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode
            ? (string)JsonNode.Parse(text)!["access_token"]!
            : throw new InvalidOperationException($"no token for {way.Name}: {text}\n{_stage.Written}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _nginx.DisposeAsync();
        await _stage.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private static SocketsHttpHandler Handler(string caPem) => new() { SslOptions = LoopbackAuthority.Trusting(caPem) };

    private static string Settings(string issuer, string url, int cold) =>
        $$"""
            issuers:
              cluster: { url: "{{issuer}}", audiences: ["{{url}}"] }
            trust_policies:
              whole: { issuer: cluster, subject: whole, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [fetch, push], lifetime: 1h }
              view: { issuer: cluster, subject: view, repositories: ["git:ml/*"], refs: [refs/heads/main], verbs: [fetch], lifetime: 1h }
            {{string.Concat(Enumerable.Range(0, cold).Select(Cold))}}
            """;

    /// <summary>Another list of patterns is another view.</summary>
    private static string Cold(int number) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"  cold-{number}: {{ issuer: cluster, subject: cold-{number}, repositories: [\"git:ml/*\"], refs: [refs/heads/main, refs/tags/none-{number}], verbs: [fetch], lifetime: 1h }}\n"
        );
}
