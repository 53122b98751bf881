using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Searching;
using Bascule.Core.Work;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Audit.Log;

/// <summary>
/// Lets entries be found by what they link, in blocks. Nothing rests on it: the index is made from the entries, and whoever searches
/// looks through what is not in it yet as well.
/// </summary>
internal sealed partial class EntryIndexer(
    ILogStore logs,
    IAuditLog entries,
    IWorkStore store,
    TimeProvider time,
    ILogger<EntryIndexer> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Indexes what there is, up to the last full block.</summary>
    public async Task IndexAsync(CancellationToken cancellationToken)
    {
        while (await StepAsync(cancellationToken)) { }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do await TryAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await IndexAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.Failed(log, failure);
        }
    }

    /// <summary>False when no block is full.</summary>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var block = await logs.CountIndexedAsync(cancellationToken);
        var first = block * Postings.BlockSize;
        if (await entries.ReadLastAsync(1, cancellationToken) is not [var newest])
            return false;
        if (newest.Index < first + Postings.BlockSize - 1)
            return false;
        var read = await entries.ReadAsync(first, Postings.BlockSize, cancellationToken);
        var stored = await store.ApplyAsync([new IndexBlock(block, Postings.Of(read))], cancellationToken);
        return stored.Problem is null;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "Audit entries could not be indexed; a search looks through them one by one"
        )]
        public static partial void Failed(ILogger log, Exception failure);
    }
}
