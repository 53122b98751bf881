using System.Net;
using Bascule.Simulators.Databricks;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class TokenExchangeTests : IAsyncLifetime
{
    private const string App = "11111111-2222-3333-4444-555555555555";
    private readonly TestIssuer _issuer = new();
    private Workbench _bench = null!;

    public async Task InitializeAsync()
    {
        _bench = await Workbench.StartAsync();
        _bench.Simulator.AddServicePrincipal(App);
        _bench.Simulator.AddServicePrincipal("other");
        _bench.Simulator.AddFederationPolicy(App, Policy(_issuer.Issuer) with { JwksJson = _issuer.Jwks });
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task GivesATokenThatWorks(string algorithm)
    {
        var answer = await ExchangeAsync(_issuer.Sign(TestIssuer.Claims(_issuer.Issuer), algorithm));

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Json["token_type"]!.GetValue<string>().ShouldBe("Bearer");
        using var client = _bench.ClientWith(answer.Json["access_token"]!.GetValue<string>());
        using var me = await client.GetAsync("/api/2.0/preview/scim/v2/Me");
        (await Answer.ReadAsync(me)).Json["userName"]!.GetValue<string>().ShouldBe(App);
    }

    [Theory]
    [InlineData(10, 580, 600)]
    [InlineData(600, 3600, 3600)]
    public async Task DerivesTheLifetimeFromTheSubjectTokens(int minutes, long least, long most)
    {
        var answer = await ExchangeAsync(
            _issuer.Sign(TestIssuer.Claims(_issuer.Issuer, TimeSpan.FromMinutes(minutes)))
        );

        answer.Json["expires_in"]!.GetValue<long>().ShouldBeInRange(least, most);
    }

    [Theory]
    [InlineData("iss", "https://issuer.example.com/")]
    [InlineData("iss", "https://Issuer.example.com")]
    [InlineData("sub", "env:dev")]
    [InlineData("sub", "ENV:prod")]
    [InlineData("sub", null)]
    [InlineData("aud", "other")]
    [InlineData("aud", null)]
    [InlineData("exp", 1)]
    [InlineData("exp", null)]
    [InlineData("exp", "soon")]
    [InlineData("nbf", 99_999_999_999)]
    [InlineData("iat", 99_999_999_999)]
    public async Task RefusesAClaimThatDoesNotFit(string claim, object? value)
    {
        var claims = TestIssuer.Claims(_issuer.Issuer);
        claims[claim] = value;

        ShouldBeRefused(await ExchangeAsync(_issuer.Sign(claims)), HttpStatusCode.BadRequest, "invalid_grant");
    }

    [Fact]
    public async Task RefusesAForeignSignature()
    {
        await using var stranger = new TestIssuer();

        var answer = await ExchangeAsync(stranger.Sign(TestIssuer.Claims(_issuer.Issuer)));

        ShouldBeRefused(answer, HttpStatusCode.BadRequest, "invalid_grant");
        answer.Json["error_description"]!.GetValue<string>().ShouldContain("signature");
    }

    [Fact]
    public async Task RefusesATokenChangedAfterSigning()
    {
        var parts = _issuer.Sign(TestIssuer.Claims(_issuer.Issuer)).Split('.');
        var longer = _issuer.Sign(TestIssuer.Claims(_issuer.Issuer, TimeSpan.FromHours(9))).Split('.');

        var answer = await ExchangeAsync($"{parts[0]}.{longer[1]}.{parts[2]}");

        ShouldBeRefused(answer, HttpStatusCode.BadRequest, "invalid_grant");
    }

    [Fact]
    public async Task RefusesOtherAlgorithmsUnknownKeysAndCriticalHeaders()
    {
        var claims = TestIssuer.Claims(_issuer.Issuer);
        string[] tokens =
        [
            _issuer.Sign(claims, header: new { alg = "none" }),
            _issuer.Sign(claims, header: new { alg = "HS256", kid = "r" }),
            _issuer.Sign(claims, header: new { alg = "ES256", kid = "r" }),
            _issuer.Sign(
                claims,
                header: new
                {
                    alg = "RS256",
                    kid = "r",
                    crit = new[] { "x" },
                }
            ),
            _issuer.Sign(claims, kid: "rotated"),
            "not.a.token",
        ];

        foreach (var token in tokens)
            ShouldBeRefused(await ExchangeAsync(token), HttpStatusCode.BadRequest, "invalid_grant");
    }

    [Theory]
    [InlineData("grant_type", "client_credentials", "unsupported_grant_type")]
    [InlineData("subject_token_type", "urn:ietf:params:oauth:token-type:access_token", "invalid_request")]
    [InlineData("scope", "sql", "invalid_scope")]
    [InlineData("client_id", "", "invalid_request")]
    [InlineData("client_id", "nobody", "invalid_client")]
    [InlineData("client_id", "other", "invalid_grant")]
    [InlineData("resource", "x", "invalid_request")]
    public async Task RefusesAFormThatIsNotTheDocumentedOne(string name, string value, string error)
    {
        var form = Form(_issuer.Sign(TestIssuer.Claims(_issuer.Issuer)));
        form[name] = value;

        (await PostAsync(form)).Json["error"]!.GetValue<string>().ShouldBe(error);
    }

    [Fact]
    public async Task FindsTheKeysOfAPublishedIssuer()
    {
        await _issuer.PublishAsync(_bench.Authority);
        _bench.Simulator.AddFederationPolicy(App, Policy(_issuer.Issuer));

        (await ExchangeAsync(_issuer.Sign(TestIssuer.Claims(_issuer.Issuer)))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task RefusesAnIssuerWhoseDiscoveryNamesAnother()
    {
        await _issuer.PublishAsync(_bench.Authority, claimedIssuer: "https://else.example.com");
        _bench.Simulator.AddFederationPolicy(App, Policy(_issuer.Issuer));

        var answer = await ExchangeAsync(_issuer.Sign(TestIssuer.Claims(_issuer.Issuer)));

        ShouldBeRefused(answer, HttpStatusCode.BadRequest, "invalid_grant");
    }

    private static FederationPolicy Policy(string issuer) => new(issuer, "env:prod") { Audiences = ["dbx"] };

    private Task<Answer> ExchangeAsync(string token) => PostAsync(Form(token));

    private static Dictionary<string, string> Form(string token) =>
        new()
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
            ["subject_token"] = token,
            ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
            ["scope"] = "all-apis",
            ["client_id"] = App,
        };

    private async Task<Answer> PostAsync(Dictionary<string, string> form)
    {
        using var client = _bench.ClientWith(null);
        using var content = new FormUrlEncodedContent(form);
        using var reply = await client.PostAsync("/oidc/v1/token", content);
        return await Answer.ReadAsync(reply);
    }

    private static void ShouldBeRefused(Answer answer, HttpStatusCode status, string error)
    {
        (answer.Status, answer.Json["error"]?.GetValue<string>()).ShouldBe((status, error), answer.Text);
    }
}
