using System.Net;
using System.Text.Json.Nodes;
using Bascule.Core.Forges;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Testing.Forges;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>The Git proxy before the real server that the environment names, by real git in both protocol versions. The issuer is simulated.</summary>
[NeedsLiveForge]
public sealed class LiveForgeProxyTests : IAsyncLifetime
{
    private readonly LiveForgeStage _forge = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-live-").FullName;
    private readonly HttpClient _http = new();
    private PliableIssuer? _issuer;
    private Host? _host;
    private ForgeRepository _repository = null!;
    private Uri _base = null!;

    private string Address => $"{_base}git/live/{_repository.FullName}.git";

    /// <summary>Nothing: a class whose tests are all skipped must touch no server.</summary>
    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _http.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
        if (_issuer is not null)
            await _issuer.DisposeAsync();
        await _forge.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [ForgeFact]
    public async Task AWholeRepositoryIsClonedAndPushed()
    {
        await StartAsync();
        foreach (var version in new[] { "0", "2" })
        {
            var user = User(await ExchangeAsync("all", "git:fetch git:push"), version);
            await user.GitAsync("clone", "--quiet", Address, "clone");
            await user.GitAsync("-C", "clone", "commit", "--quiet", "--allow-empty", "-m", $"By version {version}");

            var (code, _, said) = await user.TryAsync("-C", "clone", "push", "origin", $"HEAD:refs/heads/v{version}");

            code.ShouldBe(0, said);
            var head = await user.GitAsync("-C", "clone", "rev-parse", "HEAD");
            var listed = await user.GitAsync("-C", "clone", "ls-remote", "origin", $"refs/heads/v{version}");
            listed.ShouldStartWith(head);
        }
    }

    [ForgeFact]
    [Trait("Threat", "T88")]
    public async Task SomeRefsAreServedAndNothingElse()
    {
        await StartAsync();
        var writer = User(await ExchangeAsync("all", "git:fetch git:push"));
        await writer.GitAsync("clone", "--quiet", Address, "clone");
        await writer.GitAsync("-C", "clone", "commit", "--quiet", "--allow-empty", "-m", "Hidden");
        await writer.GitAsync("-C", "clone", "push", "--quiet", "origin", "HEAD:refs/heads/hidden");
        var hidden = await writer.GitAsync("-C", "clone", "rev-parse", "HEAD");

        foreach (var version in new[] { "0", "2" })
        {
            var reader = User(await ExchangeAsync("some", "git:fetch"), version);
            await reader.GitAsync("clone", "--quiet", Address, "clone");
            (await reader.GitAsync("-C", "clone", "ls-remote", "origin")).ShouldNotContain("hidden");
            await reader.FailAsync("-C", "clone", "fetch", "origin", hidden);
        }
    }

    [ForgeFact]
    [Trait("Threat", "T89")]
    public async Task OneDeniedRefStopsThemAll()
    {
        await StartAsync();
        var user = User(await ExchangeAsync("all", "git:fetch git:push"));
        await user.GitAsync("clone", "--quiet", Address, "clone");
        await user.GitAsync("-C", "clone", "commit", "--quiet", "--allow-empty", "-m", "More");

        var said = await user.FailAsync("-C", "clone", "push", "origin", "HEAD:refs/heads/one", "HEAD:refs/for/main");

        said.ShouldContain("only branches and tags are pushed through Bascule");
        (await user.GitAsync("-C", "clone", "ls-remote", "origin", "refs/heads/one")).ShouldBeEmpty();
    }

    [ForgeFact]
    [Trait("Threat", "T69")]
    public async Task LargeFilesGoThroughWhereTheForgeKeepsThem()
    {
        await StartAsync();
        var user = User(await ExchangeAsync("all", "git:fetch git:push"));
        await user.GitAsync("lfs", "install");
        await user.GitAsync("clone", "--quiet", Address, "clone");
        await user.GitAsync("-C", "clone", "lfs", "track", "*.bin");
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(n => $"{n:D6}\n"));
        await File.WriteAllTextAsync(Path.Combine(user.Folder, "clone", "model.bin"), text);
        await user.GitAsync("-C", "clone", "add", "--all");
        await user.GitAsync("-C", "clone", "commit", "--quiet", "-m", "Model");

        var (code, _, said) = await user.TryAsync("-C", "clone", "push", "origin", "HEAD");

        if (code != 0)
        {
            said.ShouldContain("keeps no LFS objects"); // it is switched off there, and whoever pushes is told
            return;
        }
        foreach (var policy in new[] { "all", "some" })
        {
            var reader = User(await ExchangeAsync(policy, "git:fetch"));
            await reader.GitAsync("lfs", "install");
            await reader.GitAsync("clone", "--quiet", Address, "clone");
            (await File.ReadAllTextAsync(Path.Combine(reader.Folder, "clone", "model.bin"))).ShouldBe(text, policy);
        }
    }

    private async Task StartAsync()
    {
        await _forge.SetUpAsync();
        _repository = await _forge.NewRepositoryAsync();
        _issuer = await PliableIssuer.StartAsync();
        _base = new Uri($"http://127.0.0.1:{LoopbackPort.Find()}/");
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), _forge.Bot.Token);
        var file = Path.Combine(_folder, "bascule.yaml");
        await File.WriteAllTextAsync(file, Settings());
        var (settings, problems) = ServerSettings.Load(
            file,
            ConnectorKinds.Forges,
            ConnectorKinds.Platforms,
            TimeProvider.System
        );
        problems.ShouldBeEmpty();
        var started = await Host.StartAsync(
            settings!,
            TimeProvider.System,
            logs => logs.SetMinimumLevel(LogLevel.None),
            default
        );
        started.Problem.ShouldBeNull();
        _host = started.Value;
    }

    private async Task<string> ExchangeAsync(string subject, string scope)
    {
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
                ["subject_token"] = _issuer!.WorkloadToken(subject, "bascule"),
                ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
                ["resource"] = Address,
                ["scope"] = scope,
            }
        );
        using var answer = await _http.PostAsync(new Uri(_base, "/oauth/token"), form);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return (string)JsonNode.Parse(text)!["access_token"]!;
    }

    private GitUser User(string token, string version = "2") =>
        new(Path.Combine(_folder, $"user-{Guid.NewGuid():N}"), token, "/etc/ssl/certs/ca-certificates.crt", version);

    private string Settings() =>
        $$"""
            url: "{{_base.OriginalString.TrimEnd('/')}}"
            listen: { public: "127.0.0.1:{{_base.Port}}", local: "127.0.0.1:{{LoopbackPort.Find()}}" }
            forges:
              live: { kind: {{_forge.Kind}}, url: "{{_forge.Url}}", token: "file:token", repositories: ["**"] }
            platforms:
              dbx: { kind: databricks, url: "https://127.0.0.1:1", login: { federation: { client: none } } }
            environments:
              dev: { platform: dbx, catalog: dev, repositories: ["live:none/*"], branches: [main] }
            issuers:
              ci: { url: "{{_issuer!.Url}}", audiences: [bascule] }
            trust_policies:
              all: { issuer: ci, subject: all, repositories: ["live:{{_repository.FullName}}"], refs: ["refs/**"], verbs: [fetch, push] }
              some: { issuer: ci, subject: some, repositories: ["live:{{_repository.FullName}}"], refs: ["refs/heads/{{_repository.DefaultBranch}}"], verbs: [fetch] }

            """;
}
