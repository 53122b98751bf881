using System.Net;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class RateLimitTests
{
    private const string Search = "/api/2.0/mlflow/runs/search";
    private static readonly object AnySearch = new { experiment_ids = new[] { "1" } };

    [Fact]
    public async Task RefusesWhatExceedsAPublishedLimitUntilTimePasses()
    {
        var clock = new Clock();
        await using var bench = await Workbench.StartAsync(o => o with { RateLimits = true, TimeProvider = clock });
        for (var i = 0; i < 7; i++)
            (await bench.PostAsync(Search, AnySearch)).Status.ShouldBe(HttpStatusCode.OK);

        var refused = await bench.PostAsync(Search, AnySearch);
        clock.Advance(TimeSpan.FromSeconds(1));

        refused.ShouldBeRefused(HttpStatusCode.TooManyRequests, "REQUEST_LIMIT_EXCEEDED", "limit");
        refused.Headers.Keys.ShouldNotContain("Retry-After");
        (await bench.PostAsync(Search, AnySearch)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/api/2.2/jobs/runs/submit", 35)]
    [InlineData("/api/2.2/jobs/run-now", 20)]
    [InlineData("/api/2.0/workspace/import", 30)]
    [InlineData("/api/2.0/mlflow/runs/log-metric", 120)]
    public async Task KnowsTheLimitOfEachOperation(string path, int perSecond)
    {
        await using var bench = await Workbench.StartAsync(o =>
            o with
            {
                RateLimits = true,
                TimeProvider = new Clock(),
                RetryAfter = TimeSpan.FromSeconds(1.2),
            }
        );

        for (var i = 0; i < perSecond; i++)
            (await bench.PostAsync(path, new { })).Status.ShouldNotBe(HttpStatusCode.TooManyRequests);

        (await bench.PostAsync(path, new { })).Headers["Retry-After"].ShouldBe("2");
    }

    [Fact]
    public async Task HasNoLimitsUnlessAskedTo()
    {
        await using var bench = await Workbench.StartAsync();

        for (var i = 0; i < 20; i++)
            (await bench.PostAsync(Search, AnySearch)).Status.ShouldBe(HttpStatusCode.OK);
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan by) => _now += by;
    }
}
