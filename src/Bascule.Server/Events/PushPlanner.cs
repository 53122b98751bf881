using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Schedules;
using Bascule.Server.Workflows;

namespace Bascule.Server.Events;

/// <summary>From a branch that moved to the runs that follow, by the workflow file at its new tip.</summary>
internal sealed class PushPlanner(WorkflowSource workflows, RunPlanner planner, BranchSchedules schedules)
{
    public async Task<Result<IReadOnlyList<Change>>> PlanAsync(
        OpenRepository repository,
        RefUpdate update,
        CancellationToken cancellationToken
    )
    {
        // A proposal of Bascule's own runs nothing: its merge does. Neither does what it says of a deployment.
        if (!update.Ref.IsBranch || RevertBranch.IsReserved(update.Ref) || DeployPlace.IsReserved(update.Ref))
            return Result.Of<IReadOnlyList<Change>>([]);
        if (update.After is not { } tip)
            return Result.Of(await schedules.FollowAsync(repository.Key, update.Ref, file: null, cancellationToken));
        var subject = new PlanSubject(repository, update, tip, tip);
        var file = await workflows.ReadAsync(repository.Mirror, tip, cancellationToken);
        if (file.Failed(out var problem))
            return problem.IsTransient
                ? problem
                : await planner.RefuseFileAsync(subject, problem, onMerge: false, cancellationToken);
        var scheduled = await schedules.FollowAsync(repository.Key, update.Ref, file.Value, cancellationToken);
        if (file.Value is not { } workflowFile)
            return Result.Of(scheduled);
        var changed = await ChangedAsync(repository, update, tip, cancellationToken);
        if (changed.Failed(out var uncompared))
            return uncompared;
        var matches = WorkflowMatcher.Match(workflowFile, new RefUpdateFacts(update.Ref, changed.Value));
        var planned = await PlanAllAsync(planner, subject, matches, cancellationToken);
        return planned.Failed(out var unplanned)
            ? unplanned
            : Result.Of<IReadOnlyList<Change>>([.. planned.Value, .. scheduled]);
    }

    /// <summary>Plans each match; each one is decided by itself (THREATS T60).</summary>
    internal static async Task<Result<IReadOnlyList<Change>>> PlanAllAsync(
        RunPlanner planner,
        PlanSubject subject,
        IReadOnlyList<MatchedWorkflow> matches,
        CancellationToken cancellationToken
    )
    {
        var changes = new List<Change>();
        foreach (var match in matches)
        {
            var planned = await planner.PlanAsync(subject, match, cancellationToken);
            if (planned.Failed(out var problem))
                return problem;
            changes.AddRange(planned.Value);
        }
        return changes;
    }

    /// <summary>From real objects, over the whole range (THREATS T18). Null, everything, for a new branch and after a rewrite.</summary>
    private static async Task<Result<IReadOnlyCollection<string>?>> ChangedAsync(
        OpenRepository repository,
        RefUpdate update,
        CommitId tip,
        CancellationToken cancellationToken
    )
    {
        if (update.Move != RefMove.Forward)
            return Result.Of<IReadOnlyCollection<string>?>(null);
        var paths = await repository.Mirror.ChangedPathsAsync(update.Before, tip, cancellationToken);
        return paths.Failed(out var problem) ? problem : Result.Of<IReadOnlyCollection<string>?>([.. paths.Value]);
    }
}
