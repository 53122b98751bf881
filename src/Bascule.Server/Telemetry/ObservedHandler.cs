using System.Diagnostics;
using Bascule.Core;
using Bascule.Core.Work;

namespace Bascule.Server.Telemetry;

/// <summary>What every handler needs to be watched.</summary>
internal sealed record Observers(BasculeMetrics Metrics, WorkOrigins Origins, RunTransitions Runs, TimeProvider Time);

/// <summary>A handler of work, counted and traced. What it does and answers stays the same; a failure to look at it never becomes a failure of its own.</summary>
internal sealed class ObservedHandler(IWorkHandler inner, Observers observers) : IWorkHandler
{
    public string Kind => inner.Kind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var (metrics, begun, outcome) = (observers.Metrics, observers.Time.GetTimestamp(), "failed");
        metrics.Began(Kind);
        // Started here and not in a method that is awaited: what such a method makes current is gone when it returns.
        using var span = Spans.AreWanted ? Start(item, await FindAsync(item, cancellationToken)) : null;
        try
        {
            var result = await inner.HandleAsync(item, cancellationToken);
            await QuietlyAsync(() => observers.Runs.CountAsync(result.Changes, cancellationToken));
            outcome = Outcome(result);
            Mark(span, result);
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = "interrupted";
            throw;
        }
        catch (Exception problem)
        {
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", problem.GetType().Name);
            throw;
        }
        finally
        {
            span?.SetTag("bascule.outcome", outcome);
            metrics.Handled(Kind, outcome, observers.Time.GetElapsedTime(begun));
        }
    }

    public Task<IReadOnlyList<Change>> AbandonAsync(WorkItem item, Problem problem, CancellationToken cancellationToken)
    {
        observers.Metrics.Abandoned(Kind);
        return inner.AbandonAsync(item, problem, cancellationToken);
    }

    private async Task<WorkOrigin> FindAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var origin = new WorkOrigin(Trace: null);
        await QuietlyAsync(async () => origin = await observers.Origins.FindAsync(item, cancellationToken));
        return origin;
    }

    private static Activity? Start(WorkItem item, WorkOrigin origin) =>
        Spans
            .Work(item, origin.Trace)
            ?.SetTag("bascule.delivery", origin.Delivery)
            .SetTag("bascule.run", origin.Run?.Id.Text)
            .SetTag("bascule.repository", origin.Run?.Repository.ToString());

    private static void Mark(Activity? span, WorkResult result)
    {
        var problem = result switch
        {
            RepeatedWork repeated => repeated.Problem,
            QuarantinedWork quarantined => quarantined.Problem,
            _ => null,
        };
        span?.End(problem);
    }

    private static string Outcome(WorkResult result) =>
        result switch
        {
            FinishedWork => "finished",
            RepeatedWork { Problem: null } => "again",
            RepeatedWork => "retry",
            QuarantinedWork => "quarantined",
            _ => "other",
        };

    /// <summary>Whoever handles the row meets a broken database too, and says so.</summary>
    private static async Task QuietlyAsync(Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (Exception)
        {
            // Only the look is lost.
        }
    }
}
