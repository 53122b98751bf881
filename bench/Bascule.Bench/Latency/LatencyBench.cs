using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Cli.Demo;
using Bascule.Cli.Demo.Databricks;

namespace Bascule.Bench.Latency;

/// <summary>
/// From a delivery's arrival to the platform's <c>runs/submit</c>, with real git between: many pushes to a small repository, and one changed file in a
/// large one while the platform throttles.
/// </summary>
internal static class LatencyBench
{
    private const int Pushes = 200;
    private const int SmallTree = 30;
    private const int LargeTree = 3000;

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var latencies = await MeasureSmallAsync(cancellationToken);
        var large = await MeasureLargeAsync(cancellationToken);
        Console.WriteLine(
            new JsonObject
            {
                ["p50_ms"] = Math.Round(Percentiles.Of(latencies, 50), 1),
                ["p95_ms"] = Math.Round(Percentiles.Of(latencies, 95), 1),
                ["pushes"] = latencies.Count,
                ["large_tree_s"] = Math.Round(large.TotalSeconds, 2),
            }.ToJsonString()
        );
        return 0;
    }

    private static async Task<List<double>> MeasureSmallAsync(CancellationToken cancellationToken)
    {
        await using var stage = await DemoStage.SetAsync("gitea", DatabricksDemo.StartAsync, cancellationToken);
        var pushes = await PushSource.CreateAsync(stage, SmallTree, cancellationToken);
        var latencies = new List<double>();
        for (var push = 0; push <= Pushes; push++)
        {
            var took = await pushes.PushAndWaitAsync(cancellationToken);
            if (push > 0) // the first one makes the mirror and the login
                latencies.Add(took.TotalMilliseconds);
            if (push % 50 == 0)
                Console.Error.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"push {push}: {took.TotalMilliseconds:0} ms")
                );
        }
        return latencies;
    }

    private static async Task<TimeSpan> MeasureLargeAsync(CancellationToken cancellationToken)
    {
        await using var stage = await DemoStage.SetAsync(
            "gitea",
            async (ground, cancel) => await DatabricksDemo.StartAsync(ground, rateLimits: true, cancel),
            cancellationToken
        );
        var pushes = await PushSource.CreateAsync(stage, LargeTree, cancellationToken);
        var first = await pushes.PushAndWaitAsync(cancellationToken);
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{LargeTree} files, the first time: {first.TotalSeconds:0.0} s"
            )
        );
        return await pushes.PushAndWaitAsync(cancellationToken);
    }
}
