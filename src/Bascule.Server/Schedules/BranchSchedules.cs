using Bascule.Core.Forges;
using Bascule.Core.Schedules;
using Bascule.Core.Work;
using Bascule.Core.Workflows;

namespace Bascule.Server.Schedules;

/// <summary>
/// Keeps the rows of a branch's schedules in step with the file at its tip. Only the file of the branch that a schedule names counts: whoever may push
/// another branch cannot plan runs of this one.
/// </summary>
internal sealed class BranchSchedules(IScheduleStore schedules, TimeProvider time)
{
    /// <param name="file">At the branch's new tip; null when there is none, or the branch is gone.</param>
    public async Task<IReadOnlyList<Change>> FollowAsync(
        RepositoryKey repository,
        RefName branch,
        WorkflowFile? file,
        CancellationToken cancellationToken
    )
    {
        var known = await schedules.ListAsync(repository, branch, cancellationToken);
        var declared = file?.Workflows.Where(workflow => workflow.Schedule?.Branch == branch) ?? [];
        var now = time.GetUtcNow();
        return
        [
            .. known
                .Select(schedule => schedule.Workflow)
                .Union(declared.Select(workflow => workflow.Name))
                .Select(workflow => ScheduleWork.LookAt(repository, branch, workflow, now)),
        ];
    }
}
