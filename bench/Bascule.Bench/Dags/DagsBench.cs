using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Bench.Gate;

namespace Bascule.Bench.Dags;

/// <summary>
/// From the moment when the forge has moved the branch, by a <c>git push</c> through Bascule, to the new file in a folder that a separate <c>bascule dags follow</c>
/// shows. Beside it, computed and not run, what a poller gives that fetches as fast and asks each 10 or 300 seconds.
/// </summary>
internal static class DagsBench
{
    private const int Pushes = 50;
    private const int Files = 40;
    private const string Branch = "refs/heads/deploy/production";
    private const string Changed = "changed.py";

    /// <summary>The default of <c>--interval</c>.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

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
        await using var world = await GateWorld.SetAsync(0, cancellationToken, withNginx: false);
        var forge = await world.CreateRepositoryAsync("dags", cancellationToken);
        var way = world.ThroughBascule("dags", "whole");
        var work = world.NewFolder();
        await world.Git.RunAsync(login: null, ["init", "--quiet", work], cancellationToken);
        for (var file = 0; file < Files; file++)
            await File.WriteAllTextAsync(Path.Combine(work, $"dag{file}.py"), $"DAG = {file}\n", cancellationToken);
        await PushAsync(world, way, work, 0, cancellationToken);

        var folder = world.NewFolder();
        Directory.CreateDirectory(folder);
        var token = Path.Combine(folder, "token");
        await File.WriteAllTextAsync(token, world.WorkloadToken("whole"), cancellationToken);
        string[] arguments = ["--url", way.Address, "--ca", world.CaFile, "--token-file", token];
        await using var follower = FollowProcess.Start(Path.Combine(folder, "dags"), Changed, arguments);
        await follower.WaitForAsync(Text(0), cancellationToken);

        var tip = Path.Combine(forge, Branch);
        List<double> took = [];
        List<double> after = [];
        for (var push = 1; push <= pushes; push++)
        {
            // Not in step with the follower's looks.
            await Task.Delay(Interval * Random.Shared.NextDouble(), cancellationToken);
            var clock = Stopwatch.StartNew();
            var moving = MoveAsync(tip, clock, cancellationToken);
            var showing = ShowAsync(follower, Text(push), clock, cancellationToken);
            await PushAsync(world, way, work, push, cancellationToken);
            var pushed = clock.Elapsed;
            took.Add((await showing - await moving).TotalMilliseconds);
            after.Add(Math.Max(0, (await showing - pushed).TotalMilliseconds));
            Console.Error.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"push {push}: {took[^1]:0} ms, {after[^1]:0} ms after git")
            );
        }
        Console.WriteLine(Report(took, after).ToJsonString());
        return 0;
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

    private static JsonObject Report(List<double> took, List<double> after)
    {
        var middle = Percentiles.Of(took, 50);
        var fetch = Math.Max(0, middle - (Interval.TotalMilliseconds / 2));
        return new JsonObject
        {
            ["p50_ms"] = Math.Round(middle),
            ["p95_ms"] = Math.Round(Percentiles.Of(took, 95)),
            ["poller_10s_ms"] = Math.Round((GitSync.TotalMilliseconds / 2) + fetch),
            ["poller_300s_ms"] = Math.Round((Airflow.TotalMilliseconds / 2) + fetch),
            ["pushes"] = took.Count,
            ["max_ms"] = Math.Round(took.Max()),
            ["after_git_p95_ms"] = Math.Round(Percentiles.Of(after, 95)),
        };
    }

    private static async Task PushAsync(
        GateWorld world,
        Way way,
        string work,
        int number,
        CancellationToken cancellationToken
    )
    {
        await File.WriteAllTextAsync(Path.Combine(work, Changed), Text(number), cancellationToken);
        await world.Git.RunAsync(login: null, ["-C", work, "add", "--all"], cancellationToken);
        string[] commit =
        [
            "-C",
            work,
            "-c",
            "user.name=Dana",
            "-c",
            "user.email=dana@example.com",
            "commit",
            "--quiet",
            "-m",
            $"Push {number}",
        ];
        await world.Git.RunAsync(login: null, commit, cancellationToken);
        var login = await world.LoginAsync(way, cancellationToken);
        string[] push = ["-C", work, "push", "--quiet", way.Address, $"HEAD:{Branch}"];
        await world.Git.RunAsync(login, push, cancellationToken);
    }

    private static string Text(int push) => string.Create(CultureInfo.InvariantCulture, $"PUSH = {push}\n");
}
