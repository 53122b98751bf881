using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Server.Exchange;
using Bascule.Server.People;
using Bascule.Testing.Identity;
using Bascule.Testing.Node;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.GitProxy.Raw;

/// <summary>The token of an identity in, a file out, with no exchange before it: the whole server. Forge and one of the issuers are simulated, the other is npm <c>oidc-provider</c>.</summary>
public sealed class RawIdentityTests : IAsyncLifetime
{
    private const string Audience = "urn:bascule:api";
    private readonly int _port = LoopbackPort.Find();
    private PliableIssuer _cluster = null!;
    private BasculeStage _stage = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _cluster = await PliableIssuer.StartAsync();
        _http = new HttpClient();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _stage.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [NodeFact]
    public async Task AServicesOwnTokenReadsAFile()
    {
        var service = OidcClient.Service("svc", "svc-secret");
        await using var provider = await OidcProvider.StartAsync(new Dictionary<string, OidcUser>(), [service]);
        await StartAsync(provider.Issuer);
        var token = (await provider.ClientCredentialsAsync(service)).Reveal();

        var (status, text) = await GetAsync(token, "refs/heads/main/train.py");
        var hidden = await GetAsync(token, "refs/heads/other/train.py");

        status.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldNotBeEmpty();
        hidden.Status.ShouldBe(HttpStatusCode.NotFound);
        var given = (await EntriesAsync(AuditTypes.GitTokenGiven)).ShouldHaveSingleItem();
        var read = (await EntriesAsync(AuditTypes.GitFileRead)).ShouldHaveSingleItem();
        ((string)read["actor"]!).ShouldStartWith("workload:w-");
        ((string)read["links"]!["git_token"]!).ShouldBe((string)given["links"]!["git_token"]!);
    }

    [Fact]
    [Trait("Threat", "T36")]
    [Trait("Threat", "T37")]
    public async Task OnlyWhomAPolicySpeaksOfReadsAnything()
    {
        await StartAsync();

        (await ReadAsync(Token("train"))).ShouldBe(HttpStatusCode.OK);
        (await ReadAsync(Token("stranger"))).ShouldBe(HttpStatusCode.NotFound);
        (await ReadAsync(Token("pusher"))).ShouldBe(HttpStatusCode.NotFound, "a policy without the verb fetch");
        (await ReadAsync(Token("train") + "x")).ShouldBe(HttpStatusCode.Unauthorized);
        (await ReadAsync(Token("train", claims => claims["aud"] = "another"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await ReadAsync(Token("train", claims => claims["exp"] = 1))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("Threat", "T45")]
    [Trait("Threat", "T91")]
    public async Task WhatWasRevokedStaysSoAndWhoIsRetiredGetsNothing()
    {
        await StartAsync();
        var (token, other) = (Token("train"), Token("train", claims => claims["jti"] = "other"));
        (await ReadAsync(token)).ShouldBe(HttpStatusCode.OK);
        (await ReadAsync(token)).ShouldBe(HttpStatusCode.OK);
        var given = (await EntriesAsync(AuditTypes.GitTokenGiven)).ShouldHaveSingleItem("one exchange for one token");

        var uid = (string)given["links"]!["git_token"]!;
        (await Get<TokenRevocation>().RevokeAsync(uid, "operator", default)).Problem.ShouldBeNull();

        await WaitUntilOverAsync(token);
        (await ReadAsync(other)).ShouldBe(HttpStatusCode.OK);
        var holder = ((string)given["actor"]!)["workload:".Length..];
        (await Get<Retirement>().RetireAsync(holder, "operator", default)).Problem.ShouldBeNull();
        await WaitUntilOverAsync(other);
        (await ReadAsync(token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await ReadAsync(Token("train"))).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task ATokenThatIsGoodOnceReadsOnce()
    {
        await StartAsync();
        var token = Token("once");

        (await ReadAsync(token)).ShouldBe(HttpStatusCode.OK);

        (await ReadAsync(token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task WhatItOpensEndsWithTheToken()
    {
        await StartAsync();
        var end = DateTimeOffset.UtcNow.AddMinutes(4).ToUnixTimeSeconds();
        (await ReadAsync(Token("train", claims => claims["exp"] = end))).ShouldBe(HttpStatusCode.OK);

        var given = (await EntriesAsync(AuditTypes.GitTokenGiven)).ShouldHaveSingleItem();

        ((long)given["facts"]!["expires_at"]!).ShouldBe(end * 1000);
    }

    private async Task StartAsync(string service = "http://127.0.0.1:2")
    {
        _stage = await BasculeStage.SetAsync(new() { PublicPort = _port, MoreSettings = Settings(service) });
        await _stage.StartInProcessAsync();
        var churn = await _stage.CreateRepositoryAsync("churn");
        await churn.Developer.CommitAndPushAsync("Other", "other");
        _http.Dispose();
        _http = _stage.NewClient();
    }

    private string Token(string subject, Action<JsonObject>? change = null) =>
        _cluster.WorkloadToken(subject, Audience, change);

    /// <summary>What is known of a token may be some hundred milliseconds old.</summary>
    private Task<string> WaitUntilOverAsync(string token) =>
        _stage.WaitForAsync(
            "the token is refused",
            async () => await ReadAsync(token) == HttpStatusCode.Unauthorized ? "refused" : null
        );

    private async Task<HttpStatusCode> ReadAsync(string token) =>
        (await GetAsync(token, "refs/heads/main/train.py")).Status;

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string token, string at)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri($"https://127.0.0.1:{_port}/raw/git/ml/churn/{at}")
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private T Get<T>()
        where T : notnull => _stage.Services.GetRequiredService<T>();

    private async Task<IReadOnlyList<JsonObject>> EntriesAsync(string type) =>
        [
            .. (await Get<IAuditLog>().ReadAsync(0, 10_000, default))
                .Select(record => JsonNode.Parse(record.Entry.Span)!.AsObject())
                .Where(entry => (string)entry["type"]! == type),
        ];

    private string Settings(string service) =>
        $$"""
            issuers:
              cluster: { url: "{{_cluster.Url}}", audiences: ["{{Audience}}"] }
              service: { url: "{{service}}", audiences: ["{{Audience}}"] }
            trust_policies:
              reading: { issuer: cluster, subject: train, repositories: ["git:ml/*"], refs: [refs/heads/main], verbs: [fetch] }
              pushing: { issuer: cluster, subject: pusher, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [push] }
              once: { issuer: cluster, subject: once, repositories: ["git:ml/*"], refs: [refs/heads/main], verbs: [fetch], single_use: true }
              service: { issuer: service, subject: svc, claims: { client_id: svc }, repositories: ["git:ml/*"], refs: [refs/heads/main], verbs: [fetch] }

            """;
}
