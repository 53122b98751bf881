using Bascule.Core;
using Bascule.Core.Work;
using Bascule.Storage.Sqlite.Writing;

namespace Bascule.Storage.Sqlite.Changes;

/// <summary>Adds and ends rows of the inbox. Exactly one row of a lane is its head.</summary>
internal static class WorkChanges
{
    public static Problem? Add(WriteSession session, NewWork work)
    {
        session.WorkChanged = true;
        if (work.Once && FindWaiting(session, work) is { } id)
        {
            session.Execute(
                "UPDATE work SET due_at = min(due_at, @DueAt) WHERE id = @Id",
                new { Id = id, DueAt = work.DueAt.ToUnixTimeMilliseconds() }
            );
            return null;
        }
        session
            .Prepared(
                """
                INSERT INTO work (lane, kind, subject, attempt, due_at, head)
                VALUES (?1, ?2, ?3, 0, ?4, NOT EXISTS (SELECT 1 FROM work WHERE lane = ?1))
                """
            )
            .Bind(work.Lane)
            .Bind(work.Kind)
            .Bind(work.Subject)
            .Bind(work.DueAt.ToUnixTimeMilliseconds())
            .Run();
        return null;
    }

    public static Problem? Settle(WriteSession session, WorkItem item, WorkResult result, DateTimeOffset now)
    {
        session.WorkChanged = true;
        session.InHand.Remove(item.Id);
        var stood = result switch
        {
            FinishedWork => Remove(session, item),
            RepeatedWork repeated => Repeat(session, item, repeated, now),
            QuarantinedWork quarantined => SetAside(session, item, quarantined, now),
            _ => throw new InvalidOperationException($"work cannot end as {result.GetType().Name}"),
        };
        return stood ? null : Problem.Conflict($"work row {item.Id} in lane '{item.Lane}' has been settled already");
    }

    private static long? FindWaiting(WriteSession session, NewWork work)
    {
        var found = session.Find<long?>(
            "SELECT max(id) FROM work WHERE subject = @Subject AND lane = @Lane AND kind = @Kind",
            work
        );
        return found is { } id && session.InHand.Contains(id) ? null : found;
    }

    private static bool Remove(WriteSession session, WorkItem item)
    {
        var removed = session.Prepared("DELETE FROM work WHERE id = ?1").Bind(item.Id).Run() == 1;
        session
            .Prepared("UPDATE work SET head = 1 WHERE id = (SELECT min(id) FROM work WHERE lane = ?1) AND head = 0")
            .Bind(item.Lane)
            .Run();
        return removed;
    }

    /// <summary>When the same was asked for again while this row was in hand, the newer row takes its place: it must not wait out a back-off.</summary>
    private static bool Repeat(WriteSession session, WorkItem item, RepeatedWork repeated, DateTimeOffset now) =>
        IsAskedAgain(session, item) ? Remove(session, item) : Postpone(session, item, repeated, now);

    private static bool IsAskedAgain(WriteSession session, WorkItem item) =>
        session.Find<long?>(
            "SELECT max(id) FROM work WHERE subject = @Subject AND lane = @Lane AND kind = @Kind AND id > @Id",
            item
        )
            is not null;

    private static bool Postpone(WriteSession session, WorkItem item, RepeatedWork repeated, DateTimeOffset now) =>
        session
            .Prepared("UPDATE work SET due_at = ?2, attempt = CASE WHEN ?3 THEN attempt + 1 ELSE 0 END WHERE id = ?1")
            .Bind(item.Id)
            .Bind((now + repeated.Wait).ToUnixTimeMilliseconds())
            .Bind(repeated.Problem is null ? 0 : 1)
            .Run() == 1;

    private static bool SetAside(WriteSession session, WorkItem item, QuarantinedWork result, DateTimeOffset now)
    {
        session.Execute(
            """
            INSERT INTO quarantine (id, lane, kind, subject, attempt, due_at, reason, at)
            SELECT id, lane, kind, subject, attempt, due_at, @Reason, @At FROM work WHERE id = @Id
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
