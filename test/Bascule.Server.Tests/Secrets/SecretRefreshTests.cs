using System.Collections.Concurrent;
using Bascule.Connectors.Secrets;
using Bascule.Core.Secrets;
using Bascule.Server.Configuration;
using Bascule.Server.Secrets;
using Bascule.Server.Tests.Configuration;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.Secrets;

/// <summary>Secrets that change while Bascule runs.</summary>
public sealed class SecretRefreshTests : IAsyncLifetime, ILogger<SecretRefresh>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SettingsFolder _folder = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly SecretGate _gate = new();
    private SecretSources _sources = null!;
    private ServerSettings _settings = null!;
    private SecretRefresh _refresh = null!;

    public Task InitializeAsync()
    {
        _settings = _folder.Load(SettingsFolder.Full).Settings!;
        _sources = SecretSources.Open(SecretsOptions.None, identity: null, TimeProvider.System);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _refresh.StopAsync(CancellationToken.None);
        _refresh.Dispose();
        _sources.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ReadsEachSecretAgainOnItsSchedule()
    {
        await StartAsync(TimeSpan.FromMilliseconds(50));

        File.WriteAllText(_folder.Path("token"), "rotated");

        await UntilAsync(() => Tokens.All(secret => secret.Secret.Reveal() == "rotated"));
        _log.ShouldContain(line =>
            line.StartsWith("forges.git.token has another secret now, read from file:", StringComparison.Ordinal)
        );
        _log.ShouldAllBe(line => !line.Contains("rotated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadsOneAgainAtOnceThatAServerRefused()
    {
        await StartAsync(TimeSpan.FromDays(1));
        File.WriteAllText(_folder.Path("token"), "rotated");

        Token.Secret.Map(token => $"token {token}").Doubt();

        await UntilAsync(() => Token.Secret.Reveal() == "rotated");
        _settings.SignIn.Single().Secret.Reveal().ShouldBe("s3cret");
    }

    [Fact]
    public async Task KeepsWhatItHasWhenItCannotBeReadAgain()
    {
        await StartAsync(TimeSpan.FromDays(1));
        File.WriteAllText(_folder.Path("token"), "");

        Token.Secret.Doubt();

        await UntilAsync(() =>
            _log.Any(line => line.Contains("stays as it was: forges.git.token: names", StringComparison.Ordinal))
        );
        Token.Secret.Reveal().ShouldBe("s3cret");
    }

    [Fact]
    public async Task WaitsUntilAllSecretsWereReadOnce()
    {
        await StartAsync(TimeSpan.FromMilliseconds(10), isOpen: false);
        File.WriteAllText(_folder.Path("token"), "rotated");

        Token.Secret.Reveal().ShouldBe("s3cret");
        _gate.Open();

        await UntilAsync(() => Token.Secret.Reveal() == "rotated");
    }

    [Theory]
    [InlineData("/.well-known/jwks.json", true)]
    [InlineData("/.well-known/openid-configuration", true)]
    [InlineData("/health/live", true)]
    [InlineData("/health/ready", false)]
    [InlineData("/git/git/ml/churn.git/info/refs", false)]
    [InlineData("/.well-known/jwks.json/../../api/v1/runs", false)]
    public void ServesItsPublicKeysAndNothingElseBefore(string path, bool isServed)
    {
        _refresh = new SecretRefresh(_settings, _sources, _gate, TimeProvider.System, this);

        _gate.Lets(path).ShouldBe(isServed);

        _gate.Open();
        _gate.Lets(path).ShouldBeTrue();
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _log.Enqueue(formatter(state, exception));

    /// <summary>All that name the one file.</summary>
    private IEnumerable<SettingSecret> Tokens =>
        _settings.Secrets.All.Where(secret => secret.Reference == Token.Reference);

    private SettingSecret Token => _settings.Secrets.All[0];

    private async Task StartAsync(TimeSpan every, bool isOpen = true)
    {
        if (isOpen)
            _gate.Open();
        _settings = _settings with { SecretSources = new SecretsOptions { RefreshEvery = every } };
        _refresh = new SecretRefresh(_settings, _sources, _gate, TimeProvider.System, this);
        await _refresh.StartAsync(CancellationToken.None);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var until = DateTimeOffset.UtcNow + Patience;
        while (!isSo())
        {
            DateTimeOffset.UtcNow.ShouldBeLessThan(until);
            await Task.Delay(20);
        }
    }
}
