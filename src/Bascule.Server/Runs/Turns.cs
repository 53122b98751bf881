using System.Globalization;
using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;

namespace Bascule.Server.Runs;

/// <summary>Why a run may not start yet.</summary>
/// <param name="Reason">For people.</param>
/// <param name="Wait">Until it is looked at again by itself; it is woken earlier when whoever it waits for has ended.</param>
/// <param name="Changes">To be stored with the wait.</param>
internal sealed record Delay(string Reason, TimeSpan Wait, IReadOnlyList<Change> Changes);

/// <summary>Decides whose turn it is: the day's hours, the line before the target, and runs that a newer one replaces (ARCHITECTURE 2.6).</summary>
internal sealed class Turns(IHolderStore holders, IWorkStore store, RunSiblings siblings, TimeProvider time)
{
    /// <summary>Whoever waits is woken; this only mends what nobody foresaw, such as changed settings.</summary>
    private static readonly TimeSpan SlowPoll = TimeSpan.FromMinutes(2);

    /// <summary>Null when it is the run's turn.</summary>
    public async Task<Result<Delay?>> AskAsync(
        Run run,
        EnvironmentRule environment,
        Concurrency concurrency,
        CancellationToken cancellationToken
    )
    {
        if (await OverBudgetAsync(run, environment, cancellationToken) is { } tired)
            return tired;
        var target = run.Target ?? $"workflow:{run.RepositoryName}/{run.Workflow}";
        var most = Math.Min(environment.Limits.MaxRunning, concurrency.MaxRunning ?? int.MaxValue);
        // Stored before the line is read: whoever ends between the two finds this run in line, and wakes it.
        var join = new JoinLine(run.Id, environment.Name, target, most, run.HoldsAlone, RunWork.StartLaneOf(run));
        var joined = await store.ApplyAsync([join], cancellationToken);
        if (joined.Failed(out var problem))
            return problem;
        if (concurrency.CancelInProgress && await ReplaceAsync(run, cancellationToken) is { } replacing)
            return replacing;
        var line = await holders.ReadLineAsync(environment.Name, target, cancellationToken);
        return Result.Of(
            line.Any(place => place.Run == run.Id) && TargetLine.BlockerOf(run.Id, line) is { } blocker
                ? new Delay(Describe(blocker, target, environment), SlowPoll, [])
                : null
        );
    }

    /// <summary>Asks the runs that this one replaces to stop, once each.</summary>
    private async Task<Delay?> ReplaceAsync(Run run, CancellationToken cancellationToken)
    {
        var running = await siblings.FindInProgressAsync(run, cancellationToken);
        if (running.Count == 0)
            return null;
        var now = time.GetUtcNow();
        var asked = running
            .Where(other => !other.CancelRequested)
            .SelectMany<Run, Change>(other =>
                [
                    new RequestCancel(other.Id),
                    new AddTimeline(
                        other.Id,
                        new TimelineEntry(
                            now,
                            "cancel",
                            $"run {run.Id} of {run.Commit.Short} replaces it (cancel_in_progress)"
                        )
                    ),
                    RunWork.Cancel(other, now),
                ]
            );
        return new Delay($"waits for run {running[0].Id} to stop (cancel_in_progress)", SlowPoll, [.. asked]);
    }

    /// <summary>What the environment leaves for today; null for no limit. No day is too full to go back, and a promotion computes nothing.</summary>
    public static DailyHours? HoursOf(Run run, EnvironmentRule environment, DateTimeOffset now) =>
        environment.Limits.DailyHours is { } hours && run is { IsRollback: false, Promotes: null }
            ? new DailyHours(
                environment.Name,
                new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero),
                TimeSpan.FromHours(hours)
            )
            : null;

    /// <summary>Asked before anything is uploaded; the transaction that notes the start asks once more.</summary>
    private async Task<Delay?> OverBudgetAsync(
        Run run,
        EnvironmentRule environment,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        if (HoursOf(run, environment, now) is not { } hours)
            return null;
        var used = await holders.ReadRunningTimeAsync(environment.Name, hours.Today, now, cancellationToken);
        if (used < hours.Limit)
            return null;
        var tomorrow = hours.Today.AddDays(1);
        var reason = string.Create(
            CultureInfo.InvariantCulture,
            $"waits until {tomorrow:yyyy-MM-dd} 00:00 UTC: environment '{environment.Name}' has used its {hours.Limit.TotalHours} hours of today ({environment.Key}.hours.daily)"
        );
        return new Delay(reason, tomorrow - now, [new LeaveLine(run.Id)]);
    }

    private static string Describe(LinePlace blocker, string target, EnvironmentRule environment) =>
        $"waits for run {blocker.Run} of {blocker.Ref.ShortName}, which {(blocker.Holds ? "holds" : "waits earlier for")} {target} in {environment.Name}";
}
