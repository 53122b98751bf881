using Bascule.Core;
using Bascule.Core.Work;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

/// <summary>Adds and ends rows of the inbox. A row of a lane may be handled when no row of that lane has a lower id.</summary>
internal static class WorkChanges
{
    public static Problem? Add(WriteSession session, NewWork work)
    {
        session.WorkChanged = true;
        if (!(work.Once && AskAgain(session, work)))
            Insert(session, work);
        return null;
    }

    public static Problem? Settle(WriteSession session, WorkItem item, WorkResult result, DateTimeOffset now)
    {
        session.WorkChanged = true;
        var stood = result switch
        {
            FinishedWork => Remove(session, item),
            RepeatedWork repeated => Postpone(session, item, repeated, now),
            QuarantinedWork quarantined => SetAside(session, item, quarantined, now),
            _ => throw new InvalidOperationException($"work cannot end as {result.GetType().Name}"),
        };
        return stood ? null : Problem.Conflict($"work row {item.Id} in lane '{item.Lane}' has been settled already");
    }

    /// <summary>Taking it out comes first: whoever asks at the same time finds nothing there.</summary>
    public static Problem? Replay(WriteSession session, ReplayQuarantined replay)
    {
        var row = new { replay.Id };
        var set = session.Find<SetAsideRow>("SELECT lane, kind, subject, share FROM quarantine WHERE id = @Id", row);
        if (set is null || session.Execute("DELETE FROM quarantine WHERE id = @Id", row) == 0)
            return Problem.Conflict($"row {replay.Id} has been put back already");
        if (IsWaiting(session, set))
            return Problem.Conflict($"{set.Kind} {set.Subject} is waiting already, in lane '{set.Lane}'");
        session.WorkChanged = true;
        Insert(session, new NewWork(set.Lane, set.Kind, set.Subject, replay.Now) { Share = set.Share });
        return null;
    }

    public static Problem? Dismiss(WriteSession session, DismissQuarantined dismiss) =>
        session.Execute("DELETE FROM quarantine WHERE id = @Id", new { dismiss.Id }) == 0
            ? Problem.Conflict($"row {dismiss.Id} is not aside any more")
            : null;

    private static bool IsWaiting(WriteSession session, SetAsideRow row) =>
        session.Find<long>("SELECT count(*) FROM work WHERE lane = @Lane AND kind = @Kind AND subject = @Subject", row)
        > 0;

    private sealed record SetAsideRow(string Lane, string Kind, string Subject, string Share);

    /// <summary>What waits in that lane about that subject is looked at again now; nothing when there is no such row.</summary>
    public static void Wake(WriteSession session, string lane, string subject, DateTimeOffset now)
    {
        session.WorkChanged = true;
        session.Execute(
            """
            UPDATE work SET due_at = CASE WHEN due_at > @Now THEN @Now ELSE due_at END, revision = revision + 1
            WHERE lane = @Lane AND subject = @Subject
            """,
            new
            {
                Lane = lane,
                Subject = subject,
                Now = now.ToUnixTimeMilliseconds(),
            }
        );
    }

    private static bool AskAgain(WriteSession session, NewWork work) =>
        session.Execute(
            """
            UPDATE work SET due_at = CASE WHEN due_at > @DueAt THEN @DueAt ELSE due_at END, revision = revision + 1
            WHERE id = (SELECT max(id) FROM work WHERE lane = @Lane AND kind = @Kind AND subject = @Subject)
            """,
            new
            {
                work.Lane,
                work.Kind,
                work.Subject,
                DueAt = work.DueAt.ToUnixTimeMilliseconds(),
            }
        ) == 1;

    private static void Insert(WriteSession session, NewWork work) =>
        session
            .Prepared(
                """
                INSERT INTO work (lane, shard, share, kind, subject, attempt, revision, crashes, due_at)
                VALUES ($1, $2, $3, $4, $5, 0, 0, 0, $6)
                """
            )
            .Bind(work.Lane)
            .Bind(Shards.Of(work.Lane))
            .Bind(work.Share)
            .Bind(work.Kind)
            .Bind(work.Subject)
            .Bind(work.DueAt.ToUnixTimeMilliseconds())
            .Send();

    private static bool Remove(WriteSession session, WorkItem item) =>
        session
            .Prepared("DELETE FROM work WHERE id = $1 AND revision = $2")
            .Bind(item.Id)
            .Bind(item.Revision)
            .ChangesOne() || KeepAskedAgain(session, item);

    /// <summary>The handler may have looked before it was asked again: the row stays, as if it were new.</summary>
    private static bool KeepAskedAgain(WriteSession session, WorkItem item) =>
        session
            .Prepared("UPDATE work SET attempt = 0, crashes = 0 WHERE id = $1 AND revision > $2")
            .Bind(item.Id)
            .Bind(item.Revision)
            .Run() == 1;

    /// <summary>What has been asked again meanwhile does not wait out a back-off.</summary>
    private static bool Postpone(WriteSession session, WorkItem item, RepeatedWork repeated, DateTimeOffset now) =>
        session
            .Prepared(
                """
                UPDATE work SET due_at = $1, attempt = CASE WHEN $2 = 1 THEN attempt + 1 ELSE 0 END, crashes = 0
                WHERE id = $3 AND revision = $4
                """
            )
            .Bind((now + repeated.Wait).ToUnixTimeMilliseconds())
            .Bind(repeated.Problem is null ? 0 : 1)
            .Bind(item.Id)
            .Bind(item.Revision)
            .ChangesOne() || KeepAskedAgain(session, item);

    private static bool SetAside(WriteSession session, WorkItem item, QuarantinedWork result, DateTimeOffset now)
    {
        session.Execute(
            """
            INSERT INTO quarantine (id, lane, kind, subject, attempt, due_at, share, reason, at)
            SELECT id, lane, kind, subject, attempt, due_at, share, @Reason, @At FROM work WHERE id = @Id
            """,
            new
            {
                item.Id,
                Reason = result.Problem.Message,
                At = now.ToUnixTimeMilliseconds(),
            }
        );
        return Remove(session, item);
    }
}
