using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Testing.Storage;

namespace Bascule.Bench.Cluster;

/// <summary>
/// Stored deliveries handled per second, read, parsed, written to the audit log and settled, by one and by two replicas on one PostgreSQL that waits for
/// the disk; beside the same rows claimed and written by bare SQL.
/// </summary>
internal static class ClusterBench
{
    private const int Rows = 20_000;

    /// <summary>Handled before the clock starts: a process that has just begun is busy compiling itself.</summary>
    private const int WarmUp = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync()
    {
        await using var server = await PostgresServer.StartAsync(durable: true);
        var bare = await MeasureBareAsync(server);
        var (single, _) = await MeasureAsync(server, replicas: 1);
        var (both, idle) = await MeasureAsync(server, replicas: 2);
        Console.WriteLine(
            new JsonObject
            {
                ["value"] = Math.Round(both),
                ["single"] = Math.Round(single),
                ["baseline"] = Math.Round(bare),
                ["ratio"] = Math.Round(both / bare, 2),
                ["idle_statements_per_second"] = Math.Round(idle, 1),
            }.ToJsonString()
        );
        return 0;
    }

    private static async Task<double> MeasureBareAsync(PostgresServer server)
    {
        var inbox = await FilledInbox.CreateAsync(server, WarmUp + Rows);
        var drained = BareClaim.DrainAsync(inbox.Address);
        var took = await TimeAsync(inbox);
        await drained;
        await inbox.ShouldBeDoneAsync();
        return Tell("bare SQL", took);
    }

    private static async Task<(double PerSecond, double IdleStatements)> MeasureAsync(
        PostgresServer server,
        int replicas
    )
    {
        var inbox = await FilledInbox.CreateAsync(server, WarmUp + Rows);
        List<Process> processes = [];
        try
        {
            for (var replica = 0; replica < replicas; replica++)
                processes.Add(await StartAsync(inbox.Address));
            foreach (var process in processes)
                await process.StandardInput.WriteLineAsync("go");
            var perSecond = Tell($"{replicas} replica(s)", await TimeAsync(inbox));
            await inbox.ShouldBeDoneAsync();
            return (perSecond, await IdleAsync(inbox) / replicas);
        }
        finally
        {
            foreach (var process in processes)
            {
                process.Kill();
                process.Dispose();
            }
        }
    }

    /// <summary>How long the last rows took.</summary>
    private static async Task<TimeSpan> TimeAsync(FilledInbox inbox)
    {
        await WaitAsync(inbox, Rows);
        var (clock, rows) = (Stopwatch.StartNew(), await inbox.CountWaitingAsync());
        await WaitAsync(inbox, 0);
        return clock.Elapsed * ((double)Rows / rows);
    }

    private static async Task WaitAsync(FilledInbox inbox, int rows)
    {
        var clock = Stopwatch.StartNew();
        while (await inbox.CountWaitingAsync() > rows)
        {
            if (clock.Elapsed > Patience)
                throw new TimeoutException($"{await inbox.CountWaitingAsync()} rows are still waiting");
            await Task.Delay(50);
        }
    }

    /// <summary>Every statement of a replica at rest is a transaction of its own, so transactions tell; the server counts them with some delay.</summary>
    private static async Task<double> IdleAsync(FilledInbox inbox)
    {
        await Task.Delay(TimeSpan.FromSeconds(15));
        var before = await inbox.CountTransactionsAsync();
        await Task.Delay(IdleFor);
        return (await inbox.CountTransactionsAsync() - before) / IdleFor.TotalSeconds;
    }

    private static async Task<Process> StartAsync(string address)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ClusterBench).Assembly.Location, "replica", address])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        if (await process.StandardOutput.ReadLineAsync() != "ready")
            throw new InvalidOperationException("the replica did not start");
        return process;
    }

    private static double Tell(string who, TimeSpan took)
    {
        var perSecond = Rows / took.TotalSeconds;
        Console.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{who}: {Rows} in {took.TotalSeconds:0.00} s, {perSecond:0}/s")
        );
        return perSecond;
    }
}
