using System.Diagnostics;
using System.Globalization;
using System.Text;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;

namespace Bascule.Bench.Exchange;

/// <summary>A real <c>bascule serve</c> with its own database, an issuer of subject tokens, and a real issuer to compare with: npm oidc-provider.</summary>
internal sealed class ExchangeWorld : IAsyncDisposable
{
    private const int Subjects = 50;
    private const int Tokens = 500;
    private const string Client = "bench-client";
    private const string Secret = "bench-secret-0123456789";
    private readonly string _base;
    private readonly BasculeStage _stage;
    private readonly PliableIssuer _issuer;
    private readonly OidcProvider _provider;

    private ExchangeWorld(string address, BasculeStage stage, PliableIssuer issuer, OidcProvider provider) =>
        (_base, _stage, _issuer, _provider) = (address, stage, issuer, provider);

    public static async Task<ExchangeWorld> SetAsync()
    {
        var url = $"https://127.0.0.1:{LoopbackPort.Find()}";
        await using var parts = new AsyncStack();
        var issuer = parts.Push(await PliableIssuer.StartAsync());
        var provider = parts.Push(
            await OidcProvider.StartAsync(new Dictionary<string, OidcUser>(), [OidcClient.Service(Client, Secret)])
        );
        var stage = parts.Push(
            await BasculeStage.SetAsync(
                new() { PublicPort = new Uri(url).Port, MoreSettings = Settings(issuer.Url, url) }
            )
        );
        await stage.StartBinaryAsync();
        await stage.Forge.CreateRepositoryAsync("ml", "bench");
        stage.Forge.SetCollaborator(
            stage.Forge.FindRepository("ml", "bench")!,
            BasculeStage.BotName,
            Simulators.Forges.ForgeAccess.Admin
        );
        parts.Keep();
        return new ExchangeWorld(url, stage, issuer, provider);
    }

    /// <summary>What Bascule's process has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            using var process = Process.GetProcessById(_stage.ProcessId);
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Exchanges at Bascule: as many subject tokens as fit into their lifetime of five minutes are made each time.</summary>
    public FormLoad Bascule()
    {
        var address = new Uri(_base + "/oauth/token");
        var requests = Enumerable
            .Range(0, Tokens)
            .Select(number => FormConnection.Request(address, null, Form(number)));
        return new FormLoad(new FormTarget(address, _stage.CaPem), [.. requests]);
    }

    /// <summary>Client credentials at oidc-provider.</summary>
    /// <param name="opaque">Random tokens that it keeps in memory, as ours are random; otherwise it signs JWTs, and keeps none.</param>
    public FormLoad Provider(bool opaque)
    {
        var address = new Uri(_provider.Issuer + "/token");
        var login = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Client}:{Secret}"));
        var form = "grant_type=client_credentials" + (opaque ? "&resource=urn%3Abascule%3Aopaque" : "");
        return new FormLoad(new FormTarget(address), [FormConnection.Request(address, login, form)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _provider.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private string Form(int number)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"job-{number % Subjects}");
        (string Name, string Value)[] fields =
        [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", _issuer.WorkloadToken(subject, _base)),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            ("resource", _base + "/git/git/ml/bench.git"),
            ("scope", "git:fetch"),
        ];
        return string.Join('&', fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"));
    }

    private static string Settings(string issuer, string url) =>
        $$"""
            issuers:
              cluster: { url: "{{issuer}}", audiences: ["{{url}}"] }
            trust_policies:
              jobs: { issuer: cluster, subject_pattern: "job-*", repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [fetch] }
            exchange: { tokens_per_minute: 1000000 }

            """;
}
