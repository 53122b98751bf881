using System.Diagnostics;
using System.Net;
using Bascule.Core;
using Bascule.Core.Exchange;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>The side-car that answers git-sync: which proves nothing itself, so the pod's own token does.</summary>
public sealed class AskpassTests : IClassFixture<WaysInStage>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly WaysInStage _stage;
    private readonly Machine _pod = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly string _tokenFile;
    private Process? _sidecar;
    private Uri _address = null!;
    private Task<string> _rest = Task.FromResult("");

    public AskpassTests(WaysInStage stage)
    {
        _stage = stage;
        _tokenFile = Path.Combine(_pod.Home, "token");
        _pod.Variables["GIT_SSL_CAINFO"] = stage.Ca;
        File.WriteAllText(_tokenFile, stage.WorkloadToken());
    }

    public async Task InitializeAsync()
    {
        const string Beginning = "Answers git-sync on ";
        _sidecar = _pod.Start("dotnet", [Machine.Program, "askpass", .. Arguments("127.0.0.1:0")]);
        _sidecar.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        var line = await _sidecar.StandardError.ReadLineAsync(limit.Token);
        line.ShouldNotBeNull().ShouldStartWith(Beginning);
        _address = new Uri(line[Beginning.Length..].Split(' ')[0]);
        _rest = _sidecar.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        if (_sidecar is { HasExited: false })
            _sidecar.Kill();
        await _rest;
        _sidecar?.Dispose();
        _http.Dispose();
        _pod.Dispose();
    }

    [Fact]
    [Trait("Threat", "T94")]
    public async Task GitSyncGetsWhatItReadsAndClonesWithIt()
    {
        var (status, body) = await AskAsync();

        // As git-sync does: lines of key=value, kept by `git credential approve`.
        status.ShouldBe(HttpStatusCode.OK);
        var values = body.Split('\n').Where(line => line.Contains('=')).ToDictionary(line => line.Split('=', 2)[0]);
        values.Keys.ShouldBe(["username", "password"]);
        var store = $"store --file={Path.Combine(_pod.Home, "credentials")}";
        await _pod.GitAsync("config", "--global", "credential.helper", store);
        await _pod.RunAsync("git", ["credential", "approve"], $"url={_stage.Address}\n{body}\n");
        (await _pod.GitAsync("clone", "--quiet", _stage.Address, "churn")).Good();
    }

    [Fact]
    [Trait("Threat", "T94")]
    public async Task EachAnswerIsGivenOnceAndEndsTheOneBefore()
    {
        var first = Password((await AskAsync()).Body);
        var second = Password((await AskAsync()).Body);

        second.ShouldNotBe(first);
        await SoonAsync(async () => !await IsGoodAsync(first));
        (await IsGoodAsync(second)).ShouldBeTrue();
    }

    [Fact]
    [Trait("Threat", "T94")]
    public async Task ATokenIsForTheOneRepositoryAndForFetchingAlone()
    {
        var pass = await FindAsync(Password((await AskAsync()).Body));

        pass.Value.Repository.Id.ShouldBe(_stage.Churn.Forge.Id);
        pass.Value.Verbs.ShouldBe([GitVerb.Fetch]);
        pass.Value.Holder.Uid.ShouldStartWith("w-");
        (await AskAsync("/askpass?repository=git:ml/other")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await AskAsync("/askpass/git/ml/other")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Host", "evil.example.com")]
    [InlineData("Origin", "https://evil.example.com")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("X-Forwarded-For", "10.0.0.7")]
    [Trait("Threat", "T94")]
    public async Task ABrowserOrARelayInThePodGetsNothing(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _address);
        request.Headers.TryAddWithoutValidation(header, value).ShouldBeTrue();

        using var answer = await _http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("bsc_");
    }

    [Fact]
    [Trait("Threat", "T94")]
    public async Task WithoutThePodsTokenThereIsNoAnswer()
    {
        await File.WriteAllTextAsync(_tokenFile, _stage.WorkloadToken("stranger"));
        var refused = await AskAsync();
        File.Delete(_tokenFile);
        var missing = await AskAsync();

        (refused.Status, missing.Status).ShouldBe(
            (HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable)
        );
        refused.Body.ShouldContain("no trust policy");
        missing.Body.ShouldContain("cannot be read");
    }

    [Theory]
    [InlineData("0.0.0.0:9102")]
    [InlineData("[::]:9102")]
    [InlineData("10.1.2.3:9102")]
    [InlineData("9102")]
    [InlineData("localhost")]
    [Trait("Threat", "T94")]
    public async Task ItListensOnLoopbackOrNotAtAll(string listen)
    {
        var said = await _pod.BasculeAsync(["askpass", .. Arguments(listen)]);

        said.Code.ShouldBe(2, said.All);
        said.Errors.ShouldContain("127.0.0.1:9102");
    }

    private string[] Arguments(string listen) =>
        [
            "--server",
            _stage.Server,
            "--ca",
            _stage.Ca,
            "--repository",
            $"git:{_stage.Churn.FullName}",
            "--token-file",
            _tokenFile,
            "--listen",
            listen,
        ];

    private async Task<(HttpStatusCode Status, string Body)> AskAsync(string? place = null)
    {
        using var answer = await _http.GetAsync(place is null ? _address : new Uri(_address, place));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Password(string body) =>
        body.Split('\n').Single(line => line.StartsWith("password=", StringComparison.Ordinal))["password=".Length..];

    private Task<Result<GitPass>> FindAsync(string token) =>
        _stage.Stage.Services.GetRequiredService<IGitPasses>().FindAsync(new Secret(token), default);

    private async Task<bool> IsGoodAsync(string token) => (await FindAsync(token)).Problem is null;

    private static async Task SoonAsync(Func<Task<bool>> isSo)
    {
        for (var deadline = DateTime.UtcNow + Patience; DateTime.UtcNow < deadline; await Task.Delay(50))
            if (await isSo())
                return;
        (await isSo()).ShouldBeTrue();
    }
}
