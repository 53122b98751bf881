using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Core.Runs;

/// <summary>A run's place in the line before a target of an environment: it holds the target, or waits for it (ARCHITECTURE 2.6).</summary>
/// <param name="Seq">Who came first has the lower one.</param>
/// <param name="MaxRunning">How many may hold the target, this one included, for this one to go.</param>
/// <param name="Alone">It shares the target with nobody: a deployment.</param>
public sealed record LinePlace(long Seq, RunId Run, RefName Ref, int MaxRunning, bool Alone, bool Holds);

/// <summary>Decides who may change a target next: first come, first served.</summary>
public static class TargetLine
{
    /// <summary>Who stands in the run's way; null when it holds the target already or may take it now.</summary>
    /// <param name="line">Everybody who holds the target or waits for it, in their order; the run among them.</param>
    public static LinePlace? BlockerOf(RunId run, IReadOnlyList<LinePlace> line)
    {
        var own = line.First(place => place.Run == run);
        if (own.Holds)
            return null;
        var holding = line.Where(place => place.Holds).ToList();
        var ahead = line.Where(place => !place.Holds && place.Seq < own.Seq).ToList();
        List<LinePlace> before = [.. holding, .. ahead];
        if (before.Count == 0)
            return null;
        if (own.Alone || before.Count >= own.MaxRunning)
            return before[0];
        // Whoever needs more room than there is must not be overtaken for ever by those who need less.
        return before.Find(place => place.Alone) ?? ahead.Find(place => holding.Count >= place.MaxRunning);
    }
}

/// <summary>Puts a run into the line before a target, at its end; a run that stands there keeps its place and gets the new limit. Nothing for a final run.</summary>
/// <param name="Lane">The lane of its start row, which is asked for again when it may be its turn.</param>
public sealed record JoinLine(RunId Run, string Environment, string Target, int MaxRunning, bool Alone, string Lane)
    : Change;

/// <summary>Gives up a place in a line; nothing when the run holds the target already.</summary>
public sealed record LeaveLine(RunId Run) : Change;

/// <summary>
/// Takes the target that the run stands in line for. Conflict when it is not its turn, or the environment's hours of the day are used up. The end of the
/// run frees it again.
/// </summary>
public sealed record TakeTarget(RunId Run, DateTimeOffset At) : Change
{
    /// <summary>Asked in the transaction that takes it, one replica after the other; null for no limit.</summary>
    public DailyHours? Hours { get; init; }
}

/// <summary>How long an environment's runs may run in one day, all together.</summary>
/// <param name="Today">When the day began.</param>
public sealed record DailyHours(string Environment, DateTimeOffset Today, TimeSpan Limit)
{
    /// <summary>What a run counts for at least: of many that start in the same moment, each leaves less for the next.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMinutes(1);
}

/// <summary>Who holds and who waits. Stored with the runs: a place whose run is final counts for nothing.</summary>
public interface IHolderStore
{
    /// <summary>In the order of the line.</summary>
    Task<IReadOnlyList<LinePlace>> ReadLineAsync(
        string environment,
        string target,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// How long the environment's runs ran between the two moments; those that still run count up to <paramref name="until"/>, those that are being started
    /// from when that began. What began in between counts for <see cref="DailyHours.Least"/> at least.
    /// </summary>
    Task<TimeSpan> ReadRunningTimeAsync(
        string environment,
        DateTimeOffset from,
        DateTimeOffset until,
        CancellationToken cancellationToken
    );
}
