using System.Text;
using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

/// <summary>What hangs on a run. For a run that was not added, because its key had one already, there is nothing to hang it on: it is dropped.</summary>
internal static class RunDetailChanges
{
    private const int LogLimit = 64 * 1024;

    public static Problem? Add(WriteSession session, AddTimeline add)
    {
        session.Execute(
            """
            INSERT INTO run_timeline (run, at, step, text)
            SELECT @Run, @At, @Step, @Text WHERE EXISTS (SELECT 1 FROM run WHERE id = @Run)
            """,
            new
            {
                Run = add.Run.ToString(),
                At = add.Entry.At.ToUnixTimeMilliseconds(),
                add.Entry.Step,
                add.Entry.Text,
            }
        );
        return null;
    }

    public static Problem? Save(WriteSession session, SaveLog save)
    {
        session.Execute(
            """
            INSERT INTO run_log (run, log)
            SELECT @Run, @Log WHERE EXISTS (SELECT 1 FROM run WHERE id = @Run)
            ON CONFLICT (run) DO UPDATE SET log = excluded.log
            """,
            new { Run = save.Run.ToString(), Log = Tail(save.Log) }
        );
        return null;
    }

    public static Problem? Save(WriteSession session, SaveRunJournal save)
    {
        session.Execute(
            """
            INSERT INTO run_journal (run, sealed)
            SELECT @Run, @Sealed WHERE EXISTS (SELECT 1 FROM run WHERE id = @Run)
            ON CONFLICT (run) DO UPDATE SET sealed = excluded.sealed
            """,
            new { Run = save.Run.ToString(), save.Sealed }
        );
        return null;
    }

    public static Problem? Save(WriteSession session, SaveResults save)
    {
        var run = save.Run.ToString();
        session.Execute(
            "DELETE FROM run_metric WHERE run = @Run; DELETE FROM run_model WHERE run = @Run",
            new { Run = run }
        );
        session.Execute(
            """
            INSERT INTO run_metric (run, place, name, value)
            SELECT @Run, @Place, @Name, @Value WHERE EXISTS (SELECT 1 FROM run WHERE id = @Run)
            """,
            save.Metrics.Select(
                (metric, place) =>
                    new
                    {
                        Run = run,
                        Place = place,
                        metric.Name,
                        Value = Number(metric.Value),
                    }
            )
        );
        session.Execute(
            """
            INSERT INTO run_model (run, place, name, version, page, sha256)
            SELECT @Run, @Place, @Name, @Version, @Page, @Sha256 WHERE EXISTS (SELECT 1 FROM run WHERE id = @Run)
            """,
            save.Models.Select(
                (model, place) =>
                    new
                    {
                        Run = run,
                        Place = place,
                        model.Name,
                        model.Version,
                        Page = model.Page?.OriginalString,
                        model.Sha256,
                    }
            )
        );
        return null;
    }

    private static double? Number(double value) => double.IsNaN(value) ? null : value;

    /// <summary>The end of the log within the limit, not cut inside a character.</summary>
    private static string Tail(string log)
    {
        if (Encoding.UTF8.GetByteCount(log) <= LogLimit)
        {
            return log;
        }
        var bytes = Encoding.UTF8.GetBytes(log).AsSpan()[^LogLimit..];
        while ((bytes[0] & 0b1100_0000) == 0b1000_0000)
        {
            bytes = bytes[1..];
        }
        return Encoding.UTF8.GetString(bytes);
    }
}
