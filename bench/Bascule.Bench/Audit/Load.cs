using System.Diagnostics;

namespace Bascule.Bench.Audit;

/// <summary>Writers side by side, each with one entry under way.</summary>
internal static class Load
{
    /// <summary>How many were durable a second.</summary>
    public static async Task<double> RunAsync(
        int writers,
        TimeSpan time,
        Func<int, CancellationToken, Task> append,
        CancellationToken cancellationToken
    )
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(
            Enumerable
                .Range(0, writers)
                .Select(writer =>
                    Task.Run(
                        async () =>
                        {
                            var count = 0L;
                            while (clock.Elapsed < time)
                            {
                                await append(writer, cancellationToken);
                                count++;
                            }
                            return count;
                        },
                        cancellationToken
                    )
                )
        );
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }
}
