using Bascule.Core.Forges;
using Bascule.Core.Schedules;

namespace Bascule.Storage.Stores;

internal sealed class ScheduleStore(IReaders readers) : IScheduleStore
{
    public async Task<Schedule?> FindAsync(
        RepositoryKey repository,
        RefName branch,
        string workflow,
        CancellationToken cancellationToken
    ) =>
        (await ListAsync(repository, branch, cancellationToken)).FirstOrDefault(schedule =>
            schedule.Workflow == workflow
        );

    public async Task<IReadOnlyList<Schedule>> ListAsync(
        RepositoryKey repository,
        RefName branch,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<ScheduleRow>(
            """
            SELECT workflow, cron, time_zone, next_at FROM schedule
            WHERE forge_uid = @ForgeUid AND repository_id = @Id AND ref = @Ref ORDER BY workflow
            """,
            new
            {
                repository.ForgeUid,
                repository.Id,
                Ref = branch.ToString(),
            },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new Schedule(
                repository,
                branch,
                row.Workflow,
                row.Cron,
                row.TimeZone,
                Times.Read(row.NextAt)
            )),
        ];
    }

    private sealed record ScheduleRow
    {
        public string Workflow { get; init; } = "";
        public string Cron { get; init; } = "";
        public string TimeZone { get; init; } = "";
        public long NextAt { get; init; }
    }
}
