using System.Globalization;
using System.Text.Json.Nodes;

namespace Bascule.Bench.Gate;

/// <summary>
/// What the Git proxy costs: listing the refs of a repository of 100 MB and cloning it, from the forge itself, through nginx, through Bascule with a policy on
/// all of it and on some refs. The ways take turns, so that a machine that slows down slows all; each round is compared with its own direct one.
/// </summary>
internal static class GateBench
{
    private const string Repository = "large";
    private const string Direct = "direct";

    public static async Task<int> RunAsync(GateOptions options, CancellationToken cancellationToken)
    {
        await using var world = await GateWorld.SetAsync(options.Cold, cancellationToken);
        var rss = options.Pushes ? await PushAsync(world, cancellationToken) : double.NaN;
        var report = new JsonObject();
        if (options.Clones > 0)
            await MeasureAsync(world, options, report, cancellationToken);
        if (options.Pushes)
            report["rss_mb"] = Math.Round(rss);
        report["rss_all_mb"] = Math.Round(PeakMemory.ReadMegabytes(world.ProcessId));
        Console.WriteLine(report.ToJsonString());
        return 0;
    }

    private static async Task MeasureAsync(
        GateWorld world,
        GateOptions options,
        JsonObject report,
        CancellationToken cancellationToken
    )
    {
        Tell($"writing {LargeHistory.Cloned.Megabytes:0} MB of history");
        var folder = await world.CreateRepositoryAsync(Repository, cancellationToken);
        await LargeHistory.Cloned.WriteAsync(world.Git, folder, cancellationToken);
        Way[] ways =
        [
            world.Direct(Repository),
            world.ThroughNginx(Repository),
            world.ThroughBascule(Repository, "whole"),
            world.ThroughBascule(Repository, "view"),
        ];
        // Makes the view, compiles what is slow the first time, and fills the caches of the disk.
        foreach (var way in ways)
        {
            await ListAsync(world, way, cancellationToken);
            await CloneAsync(world, way, cancellationToken);
        }
        var lists = await RoundsAsync(
            ways,
            options.Lists,
            way => ListAsync(world, way, cancellationToken),
            () => world.ProcessorTime
        );
        var clones = await RoundsAsync(
            ways,
            options.Clones,
            way => CloneAsync(world, way, cancellationToken),
            () => world.ProcessorTime
        );
        List<double> cold = [];
        for (var number = 0; number < options.Cold; number++)
        {
            var way = world.ThroughBascule(Repository, $"cold-{number}");
            cold.Add(
                await CloneAsync(world, way, cancellationToken) / await CloneAsync(world, ways[0], cancellationToken)
            );
        }
        var many = await RoundsAsync(
            ways,
            1,
            way => CloneManyAsync(world, way, options.Clients, cancellationToken),
            () => world.ProcessorTime
        );

        report["clone_ratio"] = Ratio(clones, "whole");
        report["view_ratio"] = Ratio(clones, "view");
        report["nginx_ratio"] = Ratio(clones, "nginx");
        report["lsremote_added_ms"] = Added(lists, "whole");
        report["clients50_ratio"] = Ratio(many, "whole");
        report["view_cold_ratio"] = Rounded(Percentiles.Of(cold, 50), 2);
        report["lsremote_nginx_added_ms"] = Added(lists, "nginx");
        report["lsremote_view_added_ms"] = Added(lists, "view");
        report["clients50_nginx_ratio"] = Ratio(many, "nginx");
        report["clients50_view_ratio"] = Ratio(many, "view");
        report["clone_direct_s"] = Rounded(Percentiles.Of(clones[Direct], 50) / 1000, 2);
        report["lsremote_direct_ms"] = Rounded(Percentiles.Of(lists[Direct], 50), 1);
    }

    /// <summary>Each round begins with another way: nobody always follows the same one.</summary>
    private static async Task<Dictionary<string, List<double>>> RoundsAsync(
        Way[] ways,
        int rounds,
        Func<Way, Task<double>> measure,
        Func<TimeSpan> readProcessor
    )
    {
        var taken = ways.ToDictionary(way => way.Name, _ => new List<double>());
        var processor = ways.ToDictionary(way => way.Name, _ => TimeSpan.Zero);
        for (var round = 0; round < rounds; round++)
        for (var turn = 0; turn < ways.Length; turn++)
        {
            var way = ways[(round + turn) % ways.Length];
            var before = readProcessor();
            taken[way.Name].Add(await measure(way));
            processor[way.Name] += readProcessor() - before;
        }
        foreach (var (name, samples) in taken)
            Tell(
                $"{name}: p50 {Percentiles.Of(samples, 50):0.0} ms of {samples.Count} ({samples.Min():0.0} to {samples.Max():0.0}); {processor[name].TotalMilliseconds / samples.Count:0} ms of processor time between client and forge each"
            );
        return taken;
    }

    private static async Task<double> ListAsync(GateWorld world, Way way, CancellationToken cancellationToken)
    {
        var login = await world.LoginAsync(way, cancellationToken);
        return (await world.Git.RunAsync(login, ["ls-remote", way.Address], cancellationToken)).TotalMilliseconds;
    }

    private static async Task<double> CloneAsync(GateWorld world, Way way, CancellationToken cancellationToken)
    {
        var login = await world.LoginAsync(way, cancellationToken);
        return await CloneAsync(world, way, login, cancellationToken);
    }

    /// <summary>Without writing the files out: what a client does with what it got is nobody's on the way.</summary>
    private static async Task<double> CloneAsync(
        GateWorld world,
        Way way,
        string login,
        CancellationToken cancellationToken
    )
    {
        var folder = world.NewFolder();
        try
        {
            string[] arguments = ["clone", "--quiet", "--no-checkout", way.Address, folder];
            return (await world.Git.RunAsync(login, arguments, cancellationToken)).TotalMilliseconds;
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>All begin at once; how long the middle one takes.</summary>
    private static async Task<double> CloneManyAsync(
        GateWorld world,
        Way way,
        int clients,
        CancellationToken cancellationToken
    )
    {
        var login = await world.LoginAsync(way, cancellationToken);
        var took = await Task.WhenAll(
            Enumerable.Range(0, clients).Select(_ => CloneAsync(world, way, login, cancellationToken))
        );
        return Percentiles.Of(took, 50);
    }

    /// <summary>The most memory that the server, freshly started, has had once a push of 1 GB has gone through it.</summary>
    private static async Task<double> PushAsync(GateWorld world, CancellationToken cancellationToken)
    {
        await world.CreateRepositoryAsync("pushed", cancellationToken);
        var folder = world.NewFolder();
        await world.Git.RunAsync(login: null, ["init", "--quiet", "--bare", folder], cancellationToken);
        await LargeHistory.Pushed.WriteAsync(world.Git, folder, cancellationToken);
        var way = world.ThroughBascule("pushed", "whole");
        var login = await world.LoginAsync(way, cancellationToken);
        Tell(
            $"pushing {LargeHistory.Pushed.Megabytes:0} MB; the server has had {PeakMemory.ReadMegabytes(world.ProcessId):0} MB so far"
        );
        string[] arguments = ["-C", folder, "push", "--quiet", way.Address, "main"];
        var took = await world.Git.RunAsync(login, arguments, cancellationToken);
        var peak = PeakMemory.ReadMegabytes(world.ProcessId);
        Tell($"pushed in {took.TotalSeconds:0.0} s; {peak:0} MB at most");
        Directory.Delete(folder, recursive: true);
        return peak;
    }

    private static double Ratio(Dictionary<string, List<double>> taken, string name) =>
        Rounded(Percentiles.Of(taken[name].Zip(taken[Direct], (one, other) => one / other), 50), 3);

    private static double Added(Dictionary<string, List<double>> taken, string name) =>
        Rounded(Percentiles.Of(taken[name].Zip(taken[Direct], (one, other) => one - other), 50), 1);

    private static double Rounded(double value, int digits) => Math.Round(value, digits);

    private static void Tell(FormattableString text) =>
        Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
