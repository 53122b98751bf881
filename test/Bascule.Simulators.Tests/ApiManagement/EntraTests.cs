using Bascule.Simulators.Azure.ApiManagement;
using Bascule.Simulators.Azure.Entra;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Tests.Databricks;

namespace Bascule.Simulators.Tests.ApiManagement;

/// <summary>Who gets a token, and what a token is good for.</summary>
public sealed class EntraTests : IAsyncLifetime
{
    private const string Arm = "https://management.azure.com/.default";
    private readonly TestIssuer _issuer = new();
    private ApimBench _bench = null!;

    public async Task InitializeAsync()
    {
        _bench = await ApimBench.StartAsync();
        Application.Trust(new("bascule", _issuer.Issuer, "env:prod") { Jwks = _issuer.Jwks });
        _bench.Token = null;
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private ApimSimulator Simulator => _bench.Simulator;
    private EntraApplication Application => Simulator.Application;

    [Theory]
    [InlineData(Arm)]
    [InlineData("https://management.azure.com//.default")]
    public async Task AFederatedAssertionGetsATokenThatOpensTheService(string scope)
    {
        var answer = await AskAsync(Assertion(), scope);

        answer.Status.ShouldBe(200, answer.Text);
        _bench.Token = (string?)answer.Json["access_token"];
        (await _bench.GetAsync("")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("iss", "https://other.example.com", 700211)]
    [InlineData("iss", "https://issuer.example.com/", 700211)]
    [InlineData("iss", "https://ISSUER.example.com", 7002138)]
    [InlineData("sub", "env:other", 700213)]
    [InlineData("sub", "env:Prod", 7002138)]
    [InlineData("aud", "api://other", 700212)]
    [InlineData("exp", 1L, 700024)]
    [InlineData("exp", null, 700024)]
    public async Task AnAssertionIsComparedInEveryPart(string claim, object? value, int code)
    {
        var answer = await AskAsync(Assertion(claims => claims[claim] = value));

        answer.Status.ShouldBe(401);
        ((string)answer.Json["error"]!).ShouldBe("invalid_client");
        ((int)answer.Json["error_codes"]![0]!).ShouldBe(code);
        ((string)answer.Json["error_description"]!).ShouldStartWith($"AADSTS{code}: ");
    }

    [Fact]
    public async Task AnAssertionIsSignedByItsIssuerWithRs256()
    {
        var claims = Claims();
        await using var other = new TestIssuer();

        Code(await AskAsync(other.Sign(claims))).ShouldBe(700027);
        Code(await AskAsync(_issuer.Sign(claims, "ES256"))).ShouldBe(50027);
        Code(await AskAsync("no.token")).ShouldBe(50027);
    }

    [Fact]
    public async Task WithoutACredentialNobodyIsLetIn()
    {
        Application.Distrust("bascule");

        Code(await AskAsync(Assertion())).ShouldBe(70021);
    }

    [Theory]
    [InlineData("grant_type", "password", 70003)]
    [InlineData("scope", "https://management.azure.com/user", 70011)]
    [InlineData("scope", "https://elsewhere.example.com/.default", 70011)]
    [InlineData("client_id", "none", 700016)]
    [InlineData("client_assertion_type", "other", 7000216)]
    [InlineData("client_secret", "s", 7000216)]
    public async Task TheFormIsCheckedInEveryPart(string field, string value, int code) =>
        Code(await AskAsync(Assertion(), change: form => form[field] = value)).ShouldBe(code);

    [Fact]
    public async Task KeysAreFetchedFromTheIssuer()
    {
        await using var published = new TestIssuer();
        await published.PublishAsync(_bench.Authority);
        Application.Trust(new("published", published.Issuer, "env:prod"));
        Application.Trust(new("absent", "https://127.0.0.1:1", "env:prod"));

        (await AskAsync(published.Sign(Claims(published.Issuer)))).Status.ShouldBe(200);
        Code(await AskAsync(_issuer.Sign(Claims("https://127.0.0.1:1")))).ShouldBe(90061);
    }

    [Fact]
    public void AnApplicationHasAtMostTwentyCredentials()
    {
        Should.Throw<ArgumentException>(() => Application.Trust(new("bascule", "https://i", "s")));
        Should.Throw<ArgumentException>(() => Application.Trust(new("other", _issuer.Issuer, "env:prod")));
        for (var i = 1; i < EntraApplication.MostCredentials; i++)
            Application.Trust(new($"c{i}", _issuer.Issuer, $"s{i}"));

        Should.Throw<ArgumentException>(() => Application.Trust(new("one more", _issuer.Issuer, "more")));
        Application.Credentials.Count.ShouldBe(EntraApplication.MostCredentials);
    }

    [Fact]
    public async Task ATokenIsCheckedInEveryPart()
    {
        await using var other = await ApimBench.StartAsync();
        var directory = Simulator.Directory;

        (await TryAsync(null)).Code.ShouldBe("AuthenticationFailed");
        (await TryAsync("no.token.x")).Code.ShouldBe("InvalidAuthenticationToken");
        (await TryAsync(other.Token)).Code.ShouldBe("InvalidAuthenticationToken");
        (await TryAsync(directory.Issue(Application, "https://vault.azure.net"))).Code.ShouldBe(
            "InvalidAuthenticationTokenAudience"
        );
        (await TryAsync(directory.Issue(Application, lifetime: TimeSpan.FromMinutes(-1)))).Code.ShouldBe(
            "ExpiredAuthenticationToken"
        );
        var token = directory.Issue(Application);
        (await TryAsync(token)).Status.ShouldBe(200);
        directory.EndTokens();
        (await TryAsync(token)).Headers["WWW-Authenticate"].ShouldContain(Simulator.TenantId);
    }

    [Fact]
    public async Task ARoleIsNeededForEachAct()
    {
        Simulator.Portal.Put("namedValues/s", """{"properties":{"displayName":"s","value":"v","secret":true}}""");
        _bench.Token = Simulator.Directory.Issue(Application);
        var product = new { displayName = "p" };

        Simulator.Assign(Application, ArmRole.None);
        var refused = await _bench.GetAsync("products");
        Simulator.Assign(Application, ArmRole.Read);
        (await _bench.GetAsync("products")).Status.ShouldBe(200);
        (await _bench.PutAsync("products/p", product)).Status.ShouldBe(403);
        (await _bench.SendAsync("POST", "namedValues/s/listValue")).Status.ShouldBe(403);
        Simulator.Assign(Application, ArmRole.Read | ArmRole.Write);
        (await _bench.PutAsync("products/p", product)).Status.ShouldBe(201);
        (await _bench.PutAsync("apis/a", new { displayName = "a", path = "a" })).Status.ShouldBe(403);

        (refused.Status, refused.Code).ShouldBe((403, "AuthorizationFailed"));
        refused.Message.ShouldContain(Application.ObjectId);
    }

    [Fact]
    public async Task TheMachineHasAnIdentityWhenItIsGivenOne()
    {
        (await IdentityAsync("true")).Status.ShouldBe(400);
        Simulator.Directory.ManagedIdentity = Application;

        (await IdentityAsync("false")).Status.ShouldBe(400);
        var answer = await IdentityAsync("true");
        _bench.Token = (string?)answer.Json["access_token"];
        (await _bench.GetAsync("")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task TheTenantTellsWhereThingsAre()
    {
        var found = await _bench.SendAsync(
            "GET",
            new Uri(Simulator.AuthorityUrl, $"{Simulator.TenantId}/v2.0/.well-known/openid-configuration")
        );
        var keys = await _bench.SendAsync("GET", new Uri((string)found.Json["jwks_uri"]!));
        var instance = await _bench.SendAsync("GET", new Uri(Simulator.AuthorityUrl, "common/discovery/instance"));

        ((string)found.Json["token_endpoint"]!).ShouldEndWith($"/{Simulator.TenantId}/oauth2/v2.0/token");
        keys.Json["keys"]!.AsArray().Count.ShouldBe(1);
        ((string)instance.Json["tenant_discovery_endpoint"]!).ShouldContain(Simulator.TenantId);
    }

    private static int Code(ApimAnswer answer) => (int)answer.Json["error_codes"]![0]!;

    private Task<ApimAnswer> TryAsync(string? token)
    {
        _bench.Token = token;
        return _bench.GetAsync("");
    }

    private async Task<ApimAnswer> IdentityAsync(string metadata)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(
                Simulator.AuthorityUrl,
                "metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com"
            )
        );
        request.Headers.Add("Metadata", metadata);
        using var reply = await _bench.Client.SendAsync(request);
        return new((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(), new Dictionary<string, string>());
    }

    private Dictionary<string, object?> Claims(string? issuer = null)
    {
        var claims = TestIssuer.Claims(issuer ?? _issuer.Issuer);
        claims["aud"] = FederatedCredential.UsualAudience;
        return claims;
    }

    private string Assertion(Action<Dictionary<string, object?>>? change = null)
    {
        var claims = Claims();
        change?.Invoke(claims);
        return _issuer.Sign(claims);
    }

    private async Task<ApimAnswer> AskAsync(
        string assertion,
        string scope = Arm,
        Action<Dictionary<string, string>>? change = null
    )
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = Simulator.ClientId,
            ["scope"] = scope,
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = assertion,
            ["client_info"] = "2",
        };
        change?.Invoke(form);
        using var content = new FormUrlEncodedContent(form);
        using var reply = await _bench.Client.PostAsync(
            new Uri(Simulator.AuthorityUrl, $"{Simulator.TenantId}/oauth2/v2.0/token"),
            content
        );
        return new((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(), new Dictionary<string, string>());
    }
}
