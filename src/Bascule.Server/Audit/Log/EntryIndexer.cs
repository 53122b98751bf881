using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Work;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Audit.Log;

/// <summary>
/// Lets entries be found by what they link, shortly after they were written. Nothing rests on it: the index is made from the entries, and whoever searches
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

    /// <summary>Of one transaction: others write in between.</summary>
    private const int MostEntries = 256;

    /// <summary>Indexes what there is, up to the newest entry.</summary>
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

    /// <summary>False when nothing is left, or another replica does it.</summary>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        if (await logs.ListAsync(cancellationToken) is not [var newest, ..])
            return false;
        var read = await entries.ReadAsync(newest.FirstEntry + newest.Indexed, MostEntries, cancellationToken);
        if (read.Count == 0)
            return false;
        var terms = read.SelectMany(record => EntryTerms.Of(record.Entry).Select(term => (record.Index, term)));
        var step = new IndexEntries(newest.Number, newest.Indexed, newest.Indexed + read.Count, [.. terms]);
        var stored = await store.ApplyAsync([step], cancellationToken);
        return stored.Problem is null && read.Count == MostEntries;
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
