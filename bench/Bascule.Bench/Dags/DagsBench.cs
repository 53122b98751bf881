using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Bascule.Bench.Dags;

/// <summary>
/// From the moment when the forge has moved <c>main</c> to the new file in a folder that a separate <c>bascule dags follow</c> shows: through the webhook, the gate,
/// the deploy ref and a fetch. Beside it, computed and not run, what a poller of the deploy ref gives that asks each 10 or 300 seconds.
/// </summary>
internal static class DagsBench
{
    private const int Pushes = 50;
    private static readonly TimeSpan GitSync = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Airflow = TimeSpan.FromSeconds(300);

    /// <summary>How many pushes the words ask for.</summary>
    public static int ReadPushes(string[] words) =>
        words switch
        {
            [] => Pushes,
            ["--pushes", var count]
                when int.TryParse(count, CultureInfo.InvariantCulture, out var pushes) && pushes > 0 => pushes,
            _ => throw new ArgumentException("usage: ./bench.sh dags [--pushes N]", nameof(words)),
        };

    public static async Task<int> RunAsync(int pushes, CancellationToken cancellationToken)
    {
        await using var world = await DagsWorld.SetAsync();
        var folder = Directory.CreateDirectory(Path.Combine(world.Folder, "pod")).FullName;
        var token = Path.Combine(folder, "token");
        await File.WriteAllTextAsync(token, world.WorkloadToken(), cancellationToken);
        await DeployAsync(world);

        string[] arguments =
        [
            "--url",
            world.Address,
            "--ref",
            DagsWorld.Ref,
            "--ca",
            world.CaFile,
            "--token-file",
            token,
        ];
        await using var follower = FollowProcess.Start(Path.Combine(folder, "dags"), DagsWorld.Changed, arguments);
        await follower.WaitForAsync(DagsWorld.Text(0), cancellationToken);

        List<double> took = [];
        for (var push = 1; push <= pushes; push++)
        {
            var commit = await world.CommitAsync(push);
            var clock = Stopwatch.StartNew();
            var moving = MoveAsync(world.Tip, clock, cancellationToken);
            var showing = ShowAsync(follower, DagsWorld.Text(push), clock, cancellationToken);
            await world.PushAsync();
            took.Add((await showing - await moving).TotalMilliseconds);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"push {push}: {took[^1]:0} ms"));
            await world.SettleAsync(commit);
        }
        Console.WriteLine(Report(took).ToJsonString());
        return 0;
    }

    private static async Task DeployAsync(DagsWorld world)
    {
        var commit = await world.CommitAsync(0);
        await world.PushAsync();
        await world.SettleAsync(commit);
    }

    /// <summary>When the forge has moved the branch.</summary>
    private static async Task<TimeSpan> MoveAsync(string tip, Stopwatch clock, CancellationToken cancellationToken)
    {
        var before = await File.ReadAllTextAsync(tip, cancellationToken);
        while (await File.ReadAllTextAsync(tip, cancellationToken) == before)
            await Task.Delay(1, cancellationToken);
        return clock.Elapsed;
    }

    private static async Task<TimeSpan> ShowAsync(
        FollowProcess follower,
        string text,
        Stopwatch clock,
        CancellationToken cancellationToken
    )
    {
        await follower.WaitForAsync(text, cancellationToken);
        return clock.Elapsed;
    }

    private static JsonObject Report(List<double> took)
    {
        var middle = Percentiles.Of(took, 50);
        return new JsonObject
        {
            ["p50_ms"] = Math.Round(middle),
            ["p95_ms"] = Math.Round(Percentiles.Of(took, 95)),
            ["poller_10s_ms"] = Math.Round((GitSync.TotalMilliseconds / 2) + middle),
            ["poller_300s_ms"] = Math.Round((Airflow.TotalMilliseconds / 2) + middle),
            ["pushes"] = took.Count,
            ["max_ms"] = Math.Round(took.Max()),
        };
    }
}
