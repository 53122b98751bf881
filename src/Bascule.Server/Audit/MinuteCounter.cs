using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Audit;

/// <summary>Counts what may happen very often, and writes one entry a minute for each kind of it; what is left when the server stops is written then.</summary>
public abstract class MinuteCounter(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Writes what has been counted so far.</summary>
    public abstract Task FlushAsync(CancellationToken cancellationToken);

    public sealed override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await FlushAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }
}
