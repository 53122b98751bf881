using Bascule.Core.Forges;
using Bascule.Core.Work;

namespace Bascule.Core.Schedules;

/// <summary>A workflow's times on a branch, as the file at the branch's tip had them when they were last looked at.</summary>
/// <param name="Cron">Five fields.</param>
/// <param name="TimeZone">An IANA name.</param>
/// <param name="NextAt">The planned time that has not run yet.</param>
public sealed record Schedule(
    RepositoryKey Repository,
    RefName Branch,
    string Workflow,
    string Cron,
    string TimeZone,
    DateTimeOffset NextAt
);

/// <summary>Adds or replaces the one schedule of that branch and workflow.</summary>
public sealed record SaveSchedule(Schedule Schedule) : Change;

/// <summary>Nothing happens when there is none.</summary>
public sealed record RemoveSchedule(RepositoryKey Repository, RefName Branch, string Workflow) : Change;

public interface IScheduleStore
{
    Task<Schedule?> FindAsync(
        RepositoryKey repository,
        RefName branch,
        string workflow,
        CancellationToken cancellationToken
    );

    /// <summary>Those of one branch, by workflow.</summary>
    Task<IReadOnlyList<Schedule>> ListAsync(
        RepositoryKey repository,
        RefName branch,
        CancellationToken cancellationToken
    );
}
