using System.Globalization;
using System.Text.Json.Nodes;

namespace Bascule.Bench.Crash;

/// <summary>
/// Two replicas on one PostgreSQL, killed with SIGKILL again and again while pushes come in, webhooks are dropped and the platform's answers are lost.
/// Nothing may be lost, nothing run twice, nothing run out of order.
/// </summary>
internal static class CrashBench
{
    /// <summary>Git in the simulated forge costs more than Bascule does; more at once would only measure that.</summary>
    private const int PushesAtOnce = 2;

    /// <summary>So many of the slowest recoveries are explained on standard error.</summary>
    private const int Told = 5;

    public static async Task<int> RunAsync(CrashOptions options, CancellationToken cancellationToken)
    {
        await using var world = await CrashWorld.SetAsync(options);
        world.Forge.Faults.DropShare = options.DropShare;
        var submissions = new Submissions(world.Databricks);
        using var gate = new SemaphoreSlim(PushesAtOnce);
        var pushers = world
            .Repositories.Select(repository => new Pusher(world, submissions, repository, gate))
            .ToList();
        var killer = new Killer(world, options);
        using var pushed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var killing = killer.RunAsync(pushed.Token);
        var share = options.Pushes / options.Repositories;
        var telling = TellAsync(pushers, killer, submissions, pushed.Token);

        await Task.WhenAll(
            pushers.Select(pusher =>
                pusher.RunAsync(place => place < share || killer.Kills.Count < options.Kills, cancellationToken)
            )
        );
        await pushed.CancelAsync();
        await killing;
        await telling;

        return await ReportAsync(world, pushers, killer, submissions);
    }

    private static async Task<int> ReportAsync(
        CrashWorld world,
        IReadOnlyList<Pusher> pushers,
        Killer killer,
        Submissions submissions
    )
    {
        List<Pushed> pushes = [.. pushers.SelectMany(pusher => pusher.Pushes)];
        var asked = submissions.All;
        var overtaken = pushers.SelectMany(pusher => Superseded(pusher, submissions)).ToHashSet();
        var lost = pushes
            .Where(push => push.IsLast && submissions.FirstOf(push.Commit) is null && !overtaken.Contains(push))
            .ToList();
        var doubled = asked.Where(run => run.Launched).GroupBy(run => run.Commit).Count(runs => runs.Count() > 1);
        var disordered = world.Repositories.Sum(repository =>
            Disordered([.. pushes.Where(push => push.Repository == repository)], submissions)
        );
        var recovery = Recovery(world, pushes, killer.Kills, submissions);
        double[] seconds = [.. recovery.Select(wait => wait.Seconds).DefaultIfEmpty()];
        foreach (var push in lost)
        {
            Console.Error.WriteLine($"lost: {push.Repository.FullName} push {push.Place} {push.Commit}");
            foreach (var line in await world.TellAboutAsync(push.Commit))
                Console.Error.WriteLine("  " + line);
        }
        foreach (var (push, kill, wait) in recovery.OrderByDescending(wait => wait.Seconds).Take(Told))
        {
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"slow: {push.Commit} pushed {push.At:HH:mm:ss.fff}, last kill {kill:HH:mm:ss.fff}, run {wait:0.00} s later"
                )
            );
            foreach (var line in await world.TellAboutAsync(push.Commit))
                Console.Error.WriteLine("  " + line);
        }
        if (lost.Count > 0)
            Console.Error.WriteLine(string.Join("\n--- replica\n", world.Replicas.Select(replica => replica.Written)));
        Console.WriteLine(
            new JsonObject
            {
                ["pushes"] = pushes.Count,
                ["runs"] = asked.Count(run => run.Launched),
                ["kills"] = killer.Kills.Count,
                ["lost"] = lost.Count,
                ["superseded"] = overtaken.Count,
                ["doubled"] = doubled,
                ["out_of_order"] = disordered,
                ["recovery_seconds_max"] = Math.Round(seconds.Max(), 2),
                ["recovery_seconds_p50"] = Math.Round(Percentiles.Of(seconds, 50), 2),
                ["asked_again"] = asked.Count(run => !run.Launched),
            }.ToJsonString()
        );
        return lost.Count + doubled + disordered == 0 ? 0 : 1;
    }

    /// <summary>Overtaken, never run, and something newer of the same repository ran: nothing was lost, the newest content is what the platform has.</summary>
    private static IEnumerable<Pushed> Superseded(Pusher pusher, Submissions submissions) =>
        pusher.Overtaken.Where(push =>
            submissions.FirstOf(push.Commit) is null
            && pusher.Pushes.Any(later => later.Place > push.Place && submissions.FirstOf(later.Commit) is not null)
        );

    private static int Disordered(IReadOnlyList<Pushed> pushes, Submissions submissions)
    {
        var times = pushes
            .OrderBy(push => push.Place)
            .Select(push => submissions.FirstOf(push.Commit))
            .OfType<DateTimeOffset>()
            .ToList();
        return times.Zip(times.Skip(1)).Count(pair => pair.Second < pair.First);
    }

    /// <summary>
    /// For each push whose webhook was accepted and that was waiting when a replica was killed: how long after the last such kill it was run.
    /// A dropped webhook waits for the reconciler, which is measured by its own benchmark.
    /// </summary>
    private static List<(Pushed Push, DateTimeOffset Kill, double Seconds)> Recovery(
        CrashWorld world,
        IReadOnlyList<Pushed> pushes,
        IReadOnlyList<DateTimeOffset> kills,
        Submissions submissions
    )
    {
        var accepted = world.Forge.Deliveries.Where(sent => sent.Status == 202).Select(sent => sent.Body).ToList();
        List<(Pushed, DateTimeOffset, double)> waits = [];
        foreach (var push in pushes.Where(push => push.IsLast))
        {
            var run = submissions.FirstOf(push.Commit);
            var during = kills.Where(kill => kill > push.At && kill < run).ToList();
            if (run is not { } at || during.Count == 0)
                continue;
            if (accepted.Exists(body => body.Contains(push.Commit, StringComparison.Ordinal)))
                waits.Add((push, during.Max(), (at - during.Max()).TotalSeconds));
        }
        return waits;
    }

    private static async Task TellAsync(
        IReadOnlyList<Pusher> pushers,
        Killer killer,
        Submissions submissions,
        CancellationToken cancellationToken
    )
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(5000, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{pushers.Sum(pusher => pusher.Pushes.Count)} pushes, {submissions.All.Count} asked for, {killer.Kills.Count} kills"
                )
            );
        }
    }
}
