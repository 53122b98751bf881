using Bascule.Core.Audit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Audit;

/// <summary>
/// Writes what waits in the spool into the audit log once that works again, and takes it out of the spool afterwards. A crash in between writes an entry a
/// second time, byte for byte: its <c>id</c> tells.
/// </summary>
internal sealed partial class SpoolReplay(
    AuditSpool spool,
    IAuditLog auditLog,
    TimeProvider time,
    ILogger<SpoolReplay> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Ends at the first entry that the audit log does not take: the others wait behind it, so that their order stays.</summary>
    public async Task ReplayAsync(CancellationToken cancellationToken)
    {
        var waiting = spool.ReadWaiting();
        foreach (var spooled in waiting)
        {
            var appended = await auditLog.AppendAsync(spooled.Entry, cancellationToken);
            if (appended.Failed(out _))
                return;
            if (!spool.Remove(spooled).Failed(out var kept))
                continue;
            Log.Kept(log, kept.Message);
            return;
        }
        if (waiting.Count > 0)
            Log.Replayed(log, waiting.Count);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (spool.Prepare().Failed(out var problem))
            Log.Unprepared(log, problem.Message);
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
            await ReplayAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.Failed(log, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Count} spooled entries are in the audit log now")]
        public static partial void Replayed(ILogger log, int count);

        [LoggerMessage(2, LogLevel.Error, "A spooled entry is in the audit log and will be written again: {Reason}")]
        public static partial void Kept(ILogger log, string reason);

        [LoggerMessage(3, LogLevel.Error, "Nothing can be cancelled while the audit log cannot be written: {Reason}")]
        public static partial void Unprepared(ILogger log, string reason);

        [LoggerMessage(4, LogLevel.Error, "The spooled entries could not be written into the audit log")]
        public static partial void Failed(ILogger log, Exception failure);
    }
}
