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
