using System.Collections.Concurrent;
using System.Diagnostics;

namespace Bascule.Bench.Exchange;

/// <summary>Posts prepared forms: as many as are taken, or so many a second.</summary>
internal sealed class FormLoad(FormTarget target, IReadOnlyList<byte[]> requests)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private int _next;

    /// <summary>Each connection posts its next form when it has its answer.</summary>
    /// <returns>Answers a second.</returns>
    public async Task<double> RunAsync(int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        var open = await OpenAsync(connections, cancellationToken);
        try
        {
            var clock = Stopwatch.StartNew();
            var counts = await Task.WhenAll(
                open.Select(connection => Task.Run(() => PostUntilAsync(connection, clock, time, cancellationToken)))
            );
            return counts.Sum() / clock.Elapsed.TotalSeconds;
        }
        finally
        {
            await CloseAsync(open);
        }
    }

    /// <summary>So many in all.</summary>
    public async Task WarmUpAsync(int connections, int count, CancellationToken cancellationToken)
    {
        var open = await OpenAsync(connections, cancellationToken);
        try
        {
            var left = count;
            await Task.WhenAll(
                open.Select(async connection =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                        await connection.PostAsync(Next(), cancellationToken);
                })
            );
        }
        finally
        {
            await CloseAsync(open);
        }
    }

    /// <summary>So many a second, whether or not those before have been answered.</summary>
    /// <returns>Milliseconds from when each was due to its answer: what waits for a connection counts as well.</returns>
    public async Task<IReadOnlyList<double>> RunSteadyAsync(
        int perSecond,
        int connections,
        TimeSpan time,
        CancellationToken cancellationToken
    )
    {
        var open = await OpenAsync(connections, cancellationToken);
        try
        {
            var idle = new ConcurrentBag<FormConnection>(open);
            using var free = new SemaphoreSlim(connections);
            List<Task<double>> posted = [];
            var clock = Stopwatch.StartNew();
            var total = (int)(perSecond * time.TotalSeconds);
            while (posted.Count < total)
            {
                while (posted.Count < total && Due(posted.Count, perSecond) <= clock.Elapsed)
                    posted.Add(PostAsync(idle, free, clock, Due(posted.Count, perSecond), cancellationToken));
                await Task.Delay(Tick, cancellationToken);
            }
            return await Task.WhenAll(posted);
        }
        finally
        {
            await CloseAsync(open);
        }
    }

    private static TimeSpan Due(int number, int perSecond) => TimeSpan.FromSeconds((double)number / perSecond);

    private async Task<int> PostUntilAsync(
        FormConnection connection,
        Stopwatch clock,
        TimeSpan time,
        CancellationToken cancellationToken
    )
    {
        var count = 0;
        for (; clock.Elapsed < time; count++)
            await connection.PostAsync(Next(), cancellationToken);
        return count;
    }

    private async Task<double> PostAsync(
        ConcurrentBag<FormConnection> idle,
        SemaphoreSlim free,
        Stopwatch clock,
        TimeSpan due,
        CancellationToken cancellationToken
    )
    {
        await free.WaitAsync(cancellationToken);
        idle.TryTake(out var connection);
        await connection!.PostAsync(Next(), cancellationToken);
        var took = clock.Elapsed - due;
        idle.Add(connection);
        free.Release();
        return took.TotalMilliseconds;
    }

    private byte[] Next() => requests[(int)((uint)Interlocked.Increment(ref _next) % (uint)requests.Count)];

    private async Task<IReadOnlyList<FormConnection>> OpenAsync(int connections, CancellationToken cancellationToken) =>
        await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => FormConnection.OpenAsync(target, cancellationToken))
        );

    private static async Task CloseAsync(IReadOnlyList<FormConnection> connections)
    {
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }
}
