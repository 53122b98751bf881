using System.Net;
using Bascule.Testing.Runs;

namespace Bascule.Server.Tests.Api;

public sealed class LocalListenerTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private LocalServer _server = null!;

    public async Task InitializeAsync() => _server = await LocalServer.StartAsync();

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("[::1]")]
    public async Task AnswersToALoopbackName(string host)
    {
        using var request = Status();
        request.Headers.Host = $"{host}:{_server.Local.Port}";

        using var answer = await _http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("evil.example:{port}")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("localhost.evil.example:{port}")]
    [InlineData("127.0.0.1.nip.io:{port}")]
    [InlineData("0.0.0.0:{port}")]
    [Trait("Threat", "T124")]
    public async Task RefusesANameThatCouldBeRebound(string host)
    {
        using var request = Status();
        request.Headers.Host = host.Replace("{port}", $"{_server.Local.Port}", StringComparison.Ordinal);

        using var answer = await _http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [Trait("Threat", "T124")]
    public async Task RefusesAChangeAskedForByAnotherSite(string header, string value)
    {
        var run = _server.Runs.Add(RunBuilder.ARun(Core.Runs.RunState.Started));
        using var request = Cancel(run.Id);
        request.Headers.Add(header, value);

        using var answer = await _http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        _server.Commands.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://evil.example", "same-origin")]
    [InlineData("null", "cross-site")]
    [InlineData("null", "none")]
    [Trait("Threat", "T124")]
    public async Task RefusesAChangeWhoseSignsDisagree(string origin, string site)
    {
        var run = _server.Runs.Add(RunBuilder.ARun(Core.Runs.RunState.Started));
        using var request = Cancel(run.Id);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Sec-Fetch-Site", site);

        using var answer = await _http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}", "same-origin")]
    [InlineData("http://127.0.0.1:{port}", null)]
    [InlineData("null", "same-origin")]
    [InlineData(null, "none")]
    [InlineData(null, null)]
    public async Task TakesAChangeFromItsOwnPageOrAProgram(string? origin, string? site)
    {
        var run = _server.Runs.Add(RunBuilder.ARun(Core.Runs.RunState.Started));
        using var request = Cancel(run.Id);
        if (origin is not null)
            request.Headers.Add("Origin", origin.Replace("{port}", $"{_server.Local.Port}", StringComparison.Ordinal));
        if (site is not null)
            request.Headers.Add("Sec-Fetch-Site", site);

        using var answer = await _http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("/api/v1/status")]
    [InlineData("/api/v1/runs")]
    [InlineData("/api/v1/anything")]
    [Trait("Threat", "T153")]
    public async Task IsNotReachedThroughThePublicListener(string path)
    {
        using var request = Authorized(HttpMethod.Get, new Uri(_server.Public, path));
        request.Headers.Host = $"127.0.0.1:{_server.Local.Port}";

        using var answer = await _http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
        answer.Headers.Select(header => header.Key).ShouldBe(["Date", "Server"], ignoreOrder: true);
        answer.Headers.Server.ToString().ShouldBe("Kestrel", "the product and its version are not named");
    }

    [Fact]
    public async Task SendsTheHeadersThatKeepAPageToItself()
    {
        using var answer = await _http.SendAsync(Status());

        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        answer
            .Headers.GetValues("Content-Security-Policy")
            .ShouldHaveSingleItem()
            .ShouldStartWith("default-src 'none'");
    }

    private HttpRequestMessage Status() => Authorized(HttpMethod.Get, new Uri(_server.Local, "/api/v1/status"));

    private HttpRequestMessage Cancel(Core.Runs.RunId id) =>
        Authorized(HttpMethod.Post, new Uri(_server.Local, $"/api/v1/runs/{id}/cancel"));

    private HttpRequestMessage Authorized(HttpMethod method, Uri address) =>
        new(method, address) { Headers = { Authorization = new("Bearer", _server.Token.Reveal()) } };
}
