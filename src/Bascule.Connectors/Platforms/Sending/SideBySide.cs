using System.Collections.Concurrent;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Sending;

/// <summary>Runs calls a few at a time and stops at the first refusal.</summary>
internal static class SideBySide
{
    public static async Task<Result<Done>> RunAsync<T>(
        IEnumerable<T> items,
        int width,
        Func<T, CancellationToken, Task<Result<Done>>> call,
        CancellationToken cancellationToken
    )
    {
        var refusals = new ConcurrentQueue<Problem>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Parallel.ForEachAsync(
                items,
                new ParallelOptions { MaxDegreeOfParallelism = width, CancellationToken = stop.Token },
                async (item, token) =>
                {
                    if (!(await call(item, token)).Failed(out var problem))
                        return;
                    refusals.Enqueue(problem);
                    await stop.CancelAsync();
                }
            );
        }
        catch (OperationCanceledException) when (!refusals.IsEmpty && !cancellationToken.IsCancellationRequested)
        {
            // The refusal stopped the others; it is the answer.
        }
        return refusals.TryPeek(out var first) ? first : Result.Done;
    }
}
