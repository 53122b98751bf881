using System.Diagnostics;

namespace Bascule.Storage.Crash;

/// <summary>How many deliveries a second are durably appended by so many callers who each wait for their answer.</summary>
internal static class Measuring
{
    public static async Task<int> RunAsync(string path, int callers, int seconds)
    {
        await using var storage = await SqliteStorage.OpenAsync(path, TimeProvider.System, CancellationToken.None);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var before = Environment.CpuUsage.TotalTime.TotalMicroseconds;
        var watch = Stopwatch.StartNew();
        var waits = await Task.WhenAll(
            Enumerable.Range(0, callers).Select(number => Task.Run(() => AppendAsync(storage, number, end.Token)))
        );
        var elapsed = watch.Elapsed.TotalSeconds;
        var cpu = Environment.CpuUsage.TotalTime.TotalMicroseconds - before;
        var sorted = waits.SelectMany(some => some).Order().ToArray();
        Console.WriteLine(
            FormattableString.Invariant(
                $"{callers} callers: {sorted.Length / elapsed:F0} deliveries/s, p50 {At(sorted, 0.5):F2} ms, p99 {At(sorted, 0.99):F2} ms, max {sorted[^1]:F1} ms, {cpu / sorted.Length:F0} us of CPU each"
            )
        );
        return 0;
    }

    private static async Task<List<double>> AppendAsync(SqliteStorage storage, int task, CancellationToken end)
    {
        var waits = new List<double>();
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            var (delivery, work) = Deliveries.Make($"w-{task}", number, TimeProvider.System.GetUtcNow());
            var start = Stopwatch.GetTimestamp();
            await storage.Deliveries.AppendAsync(delivery, work, CancellationToken.None);
            waits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return waits;
    }

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];
}
