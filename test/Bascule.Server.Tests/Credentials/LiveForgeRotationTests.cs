using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Settings;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Tests.GitProxy;
using Bascule.Testing.Exchange;
using Bascule.Testing.Forges;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.Credentials;

/// <summary>The whole server before the real forge that the environment names: its credential is sealed and replaced while people fetch through it.</summary>
[NeedsLiveForge]
public sealed class LiveForgeRotationTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly LiveForgeStage _forge = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-live-").FullName;
    private readonly FakeGitPasses _passes = new();
    private readonly ShiftedTime _time = new();
    private Host? _host;
    private BasculeClient? _client;
    private ForgeRepository _repository = null!;
    private Uri _base = null!;

    private ConnectedForge Connection => _host!.Services.GetRequiredService<ForgeConnections>().FindByName("live")!;

    private ForgeCredential Credential => ((ICredentialHolder)Connection.Forge).Credential;

    /// <summary>Nothing: a class whose tests are all skipped must touch no server.</summary>
    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
        await _forge.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [ForgeFact]
    public async Task PeopleFetchAndPushOnWhileTheCredentialIsReplaced()
    {
        await StartAsync();
        var user = User();
        await user.GitAsync("clone", "--quiet", Address, "clone");

        var sealedAs = await _client!.SealCredentialAsync(
            "live",
            new Secret(_forge.Bot.Password),
            _forge.Bot.Login,
            default
        );
        sealedAs.Problem.ShouldBeNull();
        await PushAsync(user, "after sealing");
        var former = Credential.Current!;
        await RotateAsync(sealedAs.Value);

        await PushAsync(user, "after the rotation");
        (await Connection.Forge.IdentifyAsync(default)).Value.Account.Login.ShouldBe(_forge.Bot.Login);
        _time.Shift = TimeSpan.FromMinutes(5);
        var rested = await WaitAsync(record => record.Step == "resting");
        (await Rotation.IdentifyAsync(former, default)).Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        rested.Failure.ShouldBeNull();
        await PushAsync(user, "after the former one has ended");
    }

    [ForgeFact]
    public async Task AWrongPasswordChangesNothing()
    {
        await StartAsync();

        var done = await _client!.SealCredentialAsync("live", new Secret("wrong-1"), _forge.Bot.Login, default);

        done.Problem!.Code.ShouldBe(ProblemCode.Unauthenticated);
        (await _client.ListCredentialsAsync(default)).Value.Credentials.Single().Source.ShouldBe("settings");
        (await User().GitAsync("ls-remote", Address)).ShouldContain("HEAD");
    }

    private ICredentialRotation Rotation => ((ICredentialHolder)Connection.Forge).Rotation;

    private string Address => $"{_base}git/live/{_repository.FullName}.git";

    private async Task RotateAsync(CredentialRecord before)
    {
        (await _client!.RotateCredentialAsync("live", default)).Problem.ShouldBeNull();
        var rotated = await WaitAsync(record => !record.Asked);
        rotated.Failure.ShouldBeNull();
        rotated.RotatedAt.ShouldNotBeNull();
        rotated.Fingerprint.ShouldNotBe(before.Fingerprint);
        rotated.AccountId.ShouldBe(before.AccountId);
    }

    private async Task<CredentialRecord> WaitAsync(Func<CredentialRecord, bool> isThere)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var record = (await _client!.ListCredentialsAsync(limit.Token)).Value.Credentials.Single();
            if (isThere(record))
                return record;
            await Task.Delay(100, limit.Token);
        }
    }

    private static async Task PushAsync(GitUser user, string message)
    {
        await user.GitAsync("-C", "clone", "commit", "--quiet", "--allow-empty", "-m", message);
        var (code, _, said) = await user.TryAsync(
            "-C",
            "clone",
            "push",
            "--quiet",
            "origin",
            "HEAD:refs/heads/through"
        );
        code.ShouldBe(0, $"{message}: {said}");
        await user.GitAsync("-C", "clone", "fetch", "--quiet", "origin");
    }

    private async Task StartAsync()
    {
        await _forge.SetUpAsync();
        _repository = await _forge.NewRepositoryAsync();
        _base = new Uri($"http://127.0.0.1:{LoopbackPort.Find()}/");
        await File.WriteAllTextAsync(Path.Combine(_folder, "token"), _forge.Bot.Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "administrator"), _forge.Administrator);
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
            _time,
            logs => logs.SetMinimumLevel(LogLevel.None),
            RuntimeCheck.Running,
            default,
            services => services.AddSingleton<IGitPasses>(_passes)
        );
        started.Problem.ShouldBeNull();
        _host = started.Value;
        _client = new BasculeClient(_host.LocalUrl, LocalToken.Open(settings!.DataFolder).Value.Secret);
    }

    private GitUser User() =>
        new(
            Path.Combine(_folder, $"user-{Guid.NewGuid():N}"),
            _passes.Give(
                new GitPass(
                    "gt-1",
                    new Actor(ActorType.Workload, "w-ci"),
                    new RepositoryKey(Connection.Uid, _repository.Id),
                    new HashSet<GitVerb> { GitVerb.Fetch, GitVerb.Push },
                    new RefPatterns([Glob.Parse("refs/**")]),
                    "training",
                    DateTimeOffset.UtcNow.AddHours(1)
                )
            ),
            "/etc/ssl/certs/ca-certificates.crt",
            "2"
        );

    private string Settings() =>
        $$"""
            url: "{{_base.OriginalString.TrimEnd('/')}}"
            listen: { public: "127.0.0.1:{{_base.Port}}", local: "127.0.0.1:{{LoopbackPort.Find()}}" }
            forges:
              live:
                kind: {{_forge.Kind}}
                url: "{{_forge.Url}}"
                token: "file:token"
                {{(_forge.Kind == "gogs" ? "administrator: \"file:administrator\"" : "")}}
                credential: { overlap: 1m }
                repositories: ["**"]
            platforms:
              dbx: { kind: databricks, url: "https://127.0.0.1:1", login: { federation: { client: none } } }
            environments:
              dev: { platform: dbx, catalog: dev, repositories: ["live:none/*"], branches: [main] }

            """;

    /// <summary>The system's clock, ahead by as much as the test says.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
