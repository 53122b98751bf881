using Bascule.Core;
using Bascule.Core.Schedules;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class ScheduleChanges
{
    public static Problem? Save(WriteSession session, Schedule schedule)
    {
        session.Execute(
            """
            INSERT INTO schedule (forge_uid, repository_id, ref, workflow, cron, time_zone, next_at)
            VALUES (@ForgeUid, @RepositoryId, @Ref, @Workflow, @Cron, @TimeZone, @NextAt)
            ON CONFLICT (forge_uid, repository_id, ref, workflow) DO UPDATE SET
              cron = excluded.cron, time_zone = excluded.time_zone, next_at = excluded.next_at
            """,
            new
            {
                schedule.Repository.ForgeUid,
                RepositoryId = schedule.Repository.Id,
                Ref = schedule.Branch.ToString(),
                schedule.Workflow,
                schedule.Cron,
                schedule.TimeZone,
                NextAt = schedule.NextAt.ToUnixTimeMilliseconds(),
            }
        );
        return null;
    }

    public static Problem? Remove(WriteSession session, RemoveSchedule remove)
    {
        session.Execute(
            """
            DELETE FROM schedule
            WHERE forge_uid = @ForgeUid AND repository_id = @RepositoryId AND ref = @Ref AND workflow = @Workflow
            """,
            new
            {
                remove.Repository.ForgeUid,
                RepositoryId = remove.Repository.Id,
                Ref = remove.Branch.ToString(),
                remove.Workflow,
            }
        );
        return null;
    }
}
