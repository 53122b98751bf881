using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Installation;
using Bascule.Core.Work;
using Bascule.Server.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Audit.Log;

/// <summary>
/// Signs a checkpoint about once a second while there is something new. Every replica tries; the database lets one of them sign each size
/// (<see cref="GrowLog.From"/>).
/// </summary>
internal sealed partial class LogPublisher(
    LogOpening opening,
    LogGrowing growing,
    LogMemory memory,
    ILogStore logs,
    IWorkStore store,
    AuditTrail audit,
    IHostApplicationLifetime lifetime,
    BasculeMetrics metrics,
    TimeProvider time,
    ILogger<LogPublisher> log
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private string? _told;

    /// <summary>One round: signs what is new, and shows what may be shown.</summary>
    public async Task<Result<Done>> PublishAsync(LogKeys keys, CancellationToken cancellationToken)
    {
        if (await logs.ListAsync(cancellationToken) is not [var stored, ..])
            return Problem.Internal("the audit log that was open is gone from the database");
        var start = await logs.ReadStartAsync(cancellationToken);
        if (stored.Origin != keys.Key.Name || stored.Epoch != start.Epoch)
            return Stop("another replica has begun a new epoch");
        if (await memory.CompareAsync(stored, cancellationToken) is { } lost)
            return await EndEpochAsync(stored, lost, cancellationToken);
        var grown = await growing.GrowAsync(stored, keys, cancellationToken);
        if (grown.Failed(out var problem))
            return problem;
        if (grown.Value)
            stored = (await logs.ListAsync(cancellationToken))[0];
        var published = await growing.PublishAsync(stored, cancellationToken);
        return published.Failed(out problem) ? problem : Result.Done;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        LogKeys? keys = null;
        try
        {
            do keys = await TryAsync(keys, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        finally
        {
            keys?.Dispose();
        }
    }

    private async Task<LogKeys?> TryAsync(LogKeys? keys, CancellationToken cancellationToken)
    {
        try
        {
            keys ??= await OpenAsync(cancellationToken);
            var published = keys is null
                ? Problem.Unavailable("the audit log is not open yet")
                : await PublishAsync(keys, cancellationToken);
            Tell(published.Problem);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            metrics.Checkpointed("failed");
            Log.Failed(log, failure);
        }
        return keys;
    }

    /// <summary>
    /// What was shown cannot be taken back, so this log is signed no more: a new epoch begins, with a log of its own, and the process ends. Started again, it
    /// waits for an operator.
    /// </summary>
    private async Task<Result<Done>> EndEpochAsync(
        StoredLog stored,
        LostHistory lost,
        CancellationToken cancellationToken
    )
    {
        var because =
            $"its database has lost history: {stored.Origin} was shown with more than the {lost.Size} entries, or with other ones, that are there now";
        var entry = new AuditEntry(AuditTypes.HistoryLost, "bascule")
        {
            Facts = new JsonObject { ["shown"] = lost.Shown, ["size"] = lost.Size },
        };
        var begun = await store.ApplyAsync(
            [new BeginEpoch(stored.Epoch, because, time.GetUtcNow()), audit.Record(entry)],
            cancellationToken
        );
        return begun.Failed(out var problem) && problem.Code != ProblemCode.Conflict ? problem : Stop(because);
    }

    private Problem Stop(string because)
    {
        lifetime.StopApplication();
        return Problem.Internal(
            $"{because}. A new epoch has begun, and Bascule stops; started again it waits for `bascule resume`"
        );
    }

    private async Task<LogKeys?> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = await opening.EnsureAsync(cancellationToken);
        return opened.Failed(out _) ? null : opening.OpenKeys(opened.Value);
    }

    /// <summary>Each trouble once, not once a second.</summary>
    private void Tell(Problem? problem)
    {
        // Another replica was quicker, which is how it should be.
        if (problem?.Code == ProblemCode.Conflict)
            return;
        metrics.Checkpointed(problem is null ? "ok" : "failed");
        if (problem is not null && problem.Message != _told)
            Log.Refused(log, problem.Message);
        _told = problem?.Message;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "No checkpoint of the audit log: {Reason}")]
        public static partial void Refused(ILogger log, string reason);

        [LoggerMessage(2, LogLevel.Error, "No checkpoint of the audit log could be made")]
        public static partial void Failed(ILogger log, Exception failure);
    }
}
