using System.Net;
using System.Net.Http.Headers;
using Bascule.Simulators.Databricks;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class AccessTests : IAsyncLifetime
{
    private const string Me = "/api/2.0/preview/scim/v2/Me";
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task RefusesACallWithoutToken()
    {
        _bench.Client.DefaultRequestHeaders.Authorization = null;

        (await _bench.GetAsync(Me)).ShouldBeRefused(HttpStatusCode.Unauthorized, "UNAUTHENTICATED", "not sent");
    }

    [Fact]
    public async Task RefusesAnUnknownToken()
    {
        _bench.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "guess");

        (await _bench.GetAsync(Me)).ShouldBeRefused(
            HttpStatusCode.Forbidden,
            "PERMISSION_DENIED",
            "Invalid access token"
        );
    }

    [Fact]
    public async Task RefusesATokenThatExpired()
    {
        (await _bench.GetAsync(Me)).Status.ShouldBe(HttpStatusCode.OK);

        _bench.Simulator.ExpireAllTokens();

        (await _bench.GetAsync(Me)).ShouldBeRefused(HttpStatusCode.Unauthorized, "UNAUTHENTICATED", "expired");
    }

    [Fact]
    public async Task SaysThatItIsASimulator() =>
        (await _bench.GetAsync(Me)).Headers["X-Simulator"].ShouldBe("bascule-databricks");

    [Fact]
    public async Task TakesAFederationPolicyFromAnAccountAdministratorOnly()
    {
        var principal = _bench.Simulator.AddServicePrincipal("app");
        var path =
            $"/api/2.0/accounts/{_bench.Simulator.AccountId}/servicePrincipals/{principal.Id}/federationPolicies";
        var body = new
        {
            oidc_policy = new
            {
                issuer = "https://i.example.com",
                subject = "s",
                audiences = new[] { "a" },
            },
        };

        (await _bench.PostAsync(path, body)).Status.ShouldBe(HttpStatusCode.OK);

        _bench.Client.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            _bench.Simulator.CreateToken("app", isAdmin: false)
        );
        (await _bench.PostAsync(path, body)).ShouldBeRefused(
            HttpStatusCode.Forbidden,
            "PERMISSION_DENIED",
            "account admins"
        );
    }

    [Theory]
    [InlineData("http://i.example.com", "s")]
    [InlineData("http://127.0.0.1:1", "s")]
    [InlineData("https://i.example.com", "")]
    public void RefusesAPolicyThatDatabricksWouldNotTake(string issuer, string subject)
    {
        _bench.Simulator.AddServicePrincipal("app");

        Should.Throw<ArgumentException>(() =>
            _bench.Simulator.AddFederationPolicy("app", new FederationPolicy(issuer, subject))
        );
    }

    [Fact]
    public void TakesTwentyPoliciesAndNoMore()
    {
        _bench.Simulator.AddServicePrincipal("app");
        for (var i = 0; i < 20; i++)
            _bench.Simulator.AddFederationPolicy("app", new FederationPolicy("https://i.example.com", $"s{i}"));

        Should
            .Throw<ArgumentException>(() =>
                _bench.Simulator.AddFederationPolicy("app", new FederationPolicy("https://i.example.com", "more"))
            )
            .Message.ShouldContain("20");
    }
}
