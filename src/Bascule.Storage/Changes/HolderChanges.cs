using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

/// <summary>
/// The line before each target. Every change of a line first writes the target's own row: two replicas then come one after the other, and nobody who
/// joins a line is overlooked by somebody who leaves it.
/// </summary>
internal static class HolderChanges
{
    /// <summary>Everybody in line whose run is not final.</summary>
    internal static readonly string Line = $"""
        SELECT holder.seq, holder.run, run.ref, holder.max_running, holder.alone, holder.held_at
        FROM holder JOIN run ON run.id = holder.run
        WHERE holder.environment = @Environment AND holder.target = @Target AND run.state NOT IN ({RunChanges.Final})
        ORDER BY holder.seq
        """;

    /// <summary>Milliseconds between @From and @Until. A start that the platform has not answered yet counts from when its target was taken.</summary>
    internal const string RunningTime = """
        SELECT CAST(coalesce(sum(
          CASE
            WHEN began >= @From AND ended - began < @Least THEN @Least
            WHEN began >= @From THEN ended - began
            ELSE ended - @From
          END), 0) AS BIGINT)
        FROM (
          SELECT
            coalesce(run.started_at, holder.held_at) AS began,
            CASE WHEN run.finished_at IS NULL OR run.finished_at > @Until THEN @Until ELSE run.finished_at END AS ended
          FROM run LEFT JOIN holder ON holder.run = run.id
          WHERE run.environment = @Environment AND (run.finished_at IS NULL OR run.finished_at > @From)
        ) AS ran
        WHERE began <= @Until
        """;

    /// <summary>No target is called so: the row that all who start in an environment with a budget come past, one after the other.</summary>
    private const string WholeEnvironment = "";

    public static Problem? Join(WriteSession session, JoinLine join)
    {
        Hold(session, join.Environment, join.Target);
        session.Execute(
            $"""
            INSERT INTO holder (environment, target, run, max_running, alone, lane)
            SELECT @Environment, @Target, @Run, @MaxRunning, @Alone, @Lane
            WHERE EXISTS (SELECT 1 FROM run WHERE id = @Run AND state NOT IN ({RunChanges.Final}))
            ON CONFLICT (run) DO UPDATE SET max_running = excluded.max_running
            """,
            new
            {
                join.Environment,
                join.Target,
                Run = join.Run.Text,
                join.MaxRunning,
                join.Alone,
                join.Lane,
            }
        );
        return null;
    }

    public static Problem? Take(WriteSession session, TakeTarget take)
    {
        if (Find(session, take.Run) is not { } place)
            return Problem.Conflict($"run {take.Run} does not stand in line for its target");
        if (take.Hours is { } hours && AreUsed(session, hours, take.At))
            return Problem.Conflict($"environment '{hours.Environment}' has used its hours of today");
        Hold(session, place.Environment, place.Target);
        var line = session.List<LineRow>(Line, place).Select(row => row.ToPlace()).ToList();
        if (!line.Exists(other => other.Run == take.Run))
            return Problem.Conflict($"run {take.Run} has ended");
        if (TargetLine.BlockerOf(take.Run, line) is { } blocker)
            return Problem.Conflict($"run {blocker.Run} comes first at {place.Target} in {place.Environment}");
        session.Execute(
            "UPDATE holder SET held_at = @At WHERE run = @Run AND held_at IS NULL",
            new { Run = take.Run.Text, At = take.At.ToUnixTimeMilliseconds() }
        );
        WakeFirst(session, place, take.At);
        return null;
    }

    public static Problem? Leave(WriteSession session, LeaveLine leave)
    {
        if (Find(session, leave.Run) is { HeldAt: null } place)
            Remove(session, leave.Run, place, wokenAt: null);
        return null;
    }

    /// <summary>In the transaction that ends the run: a crash leaves no holder behind.</summary>
    public static void Release(WriteSession session, RunId run, DateTimeOffset? at)
    {
        if (Find(session, run) is { } place)
            Remove(session, run, place, at);
    }

    /// <summary>Read after the environment's row is held: whoever took a target before has stored it by then.</summary>
    private static bool AreUsed(WriteSession session, DailyHours hours, DateTimeOffset at)
    {
        Hold(session, hours.Environment, WholeEnvironment);
        return session.Find<long>(RunningTime, Span(hours.Environment, hours.Today, at))
            >= (long)hours.Limit.TotalMilliseconds;
    }

    /// <summary>The parameters of <see cref="RunningTime"/>.</summary>
    internal static object Span(string environment, DateTimeOffset from, DateTimeOffset until) =>
        new
        {
            Environment = environment,
            From = from.ToUnixTimeMilliseconds(),
            Until = until.ToUnixTimeMilliseconds(),
            Least = (long)DailyHours.Least.TotalMilliseconds,
        };

    private static void Remove(WriteSession session, RunId run, PlaceRow place, DateTimeOffset? wokenAt)
    {
        Hold(session, place.Environment, place.Target);
        session.Execute("DELETE FROM holder WHERE run = @Run", new { Run = run.Text });
        WakeFirst(session, place, wokenAt);
    }

    private static PlaceRow? Find(WriteSession session, RunId run) =>
        session.Find<PlaceRow>(
            "SELECT environment, target, held_at FROM holder WHERE run = @Run",
            new { Run = run.Text }
        );

    private static void Hold(WriteSession session, string environment, string target) =>
        session.Execute(
            """
            INSERT INTO target (environment, name, changes) VALUES (@Environment, @Target, 1)
            ON CONFLICT (environment, name) DO UPDATE SET changes = target.changes + 1
            """,
            new { Environment = environment, Target = target }
        );

    /// <summary>The first who waits looks whether it is its turn; when it takes the target, it wakes the next.</summary>
    private static void WakeFirst(WriteSession session, PlaceRow place, DateTimeOffset? at)
    {
        var first = session.Find<WaiterRow>(
            """
            SELECT run, lane FROM holder WHERE environment = @Environment AND target = @Target AND held_at IS NULL
            ORDER BY seq LIMIT 1
            """,
            place
        );
        if (first is not null)
            WorkChanges.Wake(session, first.Lane, first.Run, at ?? DateTimeOffset.UnixEpoch);
    }

    internal sealed record LineRow
    {
        public long Seq { get; init; }
        public string Run { get; init; } = "";
        public string Ref { get; init; } = "";
        public long MaxRunning { get; init; }
        public bool Alone { get; init; }
        public long? HeldAt { get; init; }

        public LinePlace ToPlace() =>
            new(Seq, new RunId(Run), RefName.Parse(Ref), (int)MaxRunning, Alone, HeldAt is not null);
    }

    private sealed record PlaceRow
    {
        public string Environment { get; init; } = "";
        public string Target { get; init; } = "";
        public long? HeldAt { get; init; }
    }

    private sealed record WaiterRow
    {
        public string Run { get; init; } = "";
        public string Lane { get; init; } = "";
    }
}
