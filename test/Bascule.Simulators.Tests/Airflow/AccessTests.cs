using Bascule.Simulators.Airflow;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Tests.Databricks;

namespace Bascule.Simulators.Tests.Airflow;

/// <summary>Who gets in, and what a role may do.</summary>
public sealed class AccessTests
{
    private const string Audience = "airflow-prod";

    [Theory]
    [InlineData(AirflowGeneration.Two, 401)]
    [InlineData(AirflowGeneration.Three, 401)]
    public async Task AStrangerIsRefused(AirflowGeneration generation, int status)
    {
        await using var bench = await AirflowBench.StartAsync(generation);
        bench.Client.DefaultRequestHeaders.Authorization = null;

        (await bench.GetAsync("/dags")).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData(AirflowGeneration.Two)]
    [InlineData(AirflowGeneration.Three)]
    public async Task AViewerReadsAndCannotStart(AirflowGeneration generation)
    {
        await using var bench = await AirflowBench.StartAsync(generation);
        await bench.PublishAsync();
        await bench.LogInAsync("viewer", "v");

        (await bench.GetAsync("/dags")).Status.ShouldBe(200);
        (await bench.TriggerAsync("r")).Status.ShouldBe(403);
        bench.Simulator.RunCount.ShouldBe(0);
    }

    [Fact]
    public async Task AWrongPasswordGetsNoToken()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);

        var answer = await bench.SendAsync(HttpMethod.Post, "/auth/token", new { username = "bridge", password = "x" });
        var extra = await bench.SendAsync(
            HttpMethod.Post,
            "/auth/token",
            new
            {
                username = "bridge",
                password = "p:w",
                more = 1,
            }
        );

        (answer.Status, extra.Status).ShouldBe((401, 422));
    }

    [Fact]
    public async Task ATokenEnds()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        (await bench.GetAsync("/dags")).Status.ShouldBe(200);

        bench.Clock.Advance(86_401);

        (await bench.GetAsync("/dags")).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData("as it should be", 200)]
    [InlineData("iss", 403)]
    [InlineData("aud", 403)]
    [InlineData("sub", 403)]
    [InlineData("without nbf", 403)]
    [InlineData("without iat", 403)]
    [InlineData("early", 403)]
    [InlineData("expired", 401)]
    [InlineData("algorithm", 403)]
    [InlineData("signature", 403)]
    [InlineData("key", 500)]
    public async Task ATokenOfTheTrustedKeySetIsCheckedInEveryPart(string change, int status)
    {
        await using var issuer = new TestIssuer();
        await using var bench = await StartTrustingAsync(issuer);
        var claims = TestIssuer.Claims("https://bascule.example.com");
        (claims["aud"], claims["sub"]) = (Audience, "bridge");
        Change(claims, change);
        var token = issuer.Sign(claims, change == "algorithm" ? "ES256" : "RS256", change == "key" ? "other" : null);

        bench.Bear(change == "signature" ? token[..^8] + "AAAAAAAA" : token);

        (await bench.GetAsync("/dags")).Status.ShouldBe(status);
    }

    [Fact]
    public async Task WithATrustedKeySetItsOwnTokensAreNotTaken()
    {
        await using var issuer = new TestIssuer();
        await using var bench = await StartTrustingAsync(issuer);

        await bench.LogInAsync("bridge", "p:w");

        (await bench.GetAsync("/dags")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task AFaultHitsAsOftenAsItSays()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        bench.Simulator.Inject(Fault.Answer("GET", "/dags$", 503, "") with { Times = 2 });

        var statuses = new[]
        {
            (await bench.GetAsync("/dags")).Status,
            (await bench.GetAsync("/dags")).Status,
            (await bench.GetAsync("/dags")).Status,
        };

        statuses.ShouldBe([503, 503, 200]);
    }

    [Fact]
    public async Task ACutConnectionAfterwardsLeavesTheRun()
    {
        await using var bench = await AirflowBench.StartAsync(AirflowGeneration.Three);
        await bench.PublishAsync();
        bench.Simulator.Inject(Fault.AbortAfter("POST", "dagRuns$"));

        await Should.ThrowAsync<HttpRequestException>(() => bench.TriggerAsync("r"));

        (await bench.TriggerAsync("r")).Status.ShouldBe(409);
    }

    private static async Task<AirflowBench> StartTrustingAsync(TestIssuer issuer)
    {
        LoopbackAuthority keys = new();
        await issuer.PublishAsync(keys);
        return await AirflowBench.StartAsync(
            AirflowGeneration.Three,
            options =>
                options with
                {
                    TrustedJwks = new TrustedJwks(
                        new Uri(issuer.Issuer + "/keys"),
                        "https://bascule.example.com",
                        Audience
                    )
                    {
                        CaPem = keys.CaPem,
                    },
                }
        );
    }

    private static void Change(Dictionary<string, object?> claims, string change)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (change is "iss" or "aud" or "sub")
            claims[change] = "other";
        else if (change.StartsWith("without ", StringComparison.Ordinal))
            claims.Remove(change[8..]);
        else if (change == "early")
            claims["nbf"] = now + 60;
        else if (change == "expired")
            claims["exp"] = now - 30;
    }
}
