using System.Runtime.CompilerServices;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>The tiles of entries in their order, a bounded number of them read and taken apart ahead, on all processors.</summary>
internal static class BundleStream
{
    private const int AheadPerProcessor = 8;

    public static async IAsyncEnumerable<BundleReading> ReadAsync(
        ILogSource source,
        long size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<Task<BundleReading>>();
        try
        {
            foreach (var name in TileName.Of(TileName.Entries, size))
            {
                if (ahead.Count == AheadPerProcessor * Environment.ProcessorCount)
                    yield return await ahead.Dequeue();
                ahead.Enqueue(Begin(source, name, stop.Token));
            }
            while (ahead.Count > 0)
                yield return await ahead.Dequeue();
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var task in ahead)
                await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The read begins at once, so that a source which is a stream is asked in order.</summary>
    private static Task<BundleReading> Begin(ILogSource source, TileName name, CancellationToken cancellationToken)
    {
        var bundle = source.ReadAsync(name, cancellationToken);
        return Task.Run(() => BundleReading.ReadAsync(source, name, bundle, cancellationToken), cancellationToken);
    }
}
