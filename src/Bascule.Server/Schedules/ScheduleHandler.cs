using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Schedules;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Approvals;
using Bascule.Server.Events;
using Bascule.Server.Work;
using Bascule.Server.Workflows;

namespace Bascule.Server.Schedules;

/// <summary>
/// Plans a run of a branch's tip at each planned time, whether the branch has moved or not. The time is part of the run's key: it is one run, however
/// often the row is handled. Times that passed while nothing was running make one run, for the last of them.
/// </summary>
internal sealed class ScheduleHandler(
    IScheduleStore schedules,
    IRepositoryStore repositories,
    RepositoryLookup lookup,
    WorkflowSource workflows,
    RunPlanner planner,
    ApprovalFollowing approvals,
    TimeProvider time
) : IWorkHandler
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    public string Kind => ScheduleWork.Kind;

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var (repository, branch, name) = ScheduleWork.Parse(item.Subject);
        var known = await repositories.FindRefAsync(repository, branch, cancellationToken);
        if (known?.Tip is not { } tip)
            return WorkResult.Finished(new RemoveSchedule(repository, branch, name));
        var opened = await lookup.OpenAsync(repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return Retry(item, unopened);
        var read = await workflows.ReadAsync(opened.Value.Mirror, tip, cancellationToken);
        if (read.Failed(out var problem) && problem.IsTransient)
            return Retry(item, problem);
        var workflow = problem is null ? read.Value?.Workflows.FirstOrDefault(workflow => workflow.Name == name) : null;
        if (workflow?.Schedule is not { } trigger || trigger.Branch != branch)
            return WorkResult.Finished(new RemoveSchedule(repository, branch, name));
        return await FollowAsync(item, opened.Value, known, workflow, trigger, cancellationToken);
    }

    private async Task<WorkResult> FollowAsync(
        WorkItem item,
        OpenRepository repository,
        KnownRef branch,
        Workflow workflow,
        ScheduleTrigger trigger,
        CancellationToken cancellationToken
    )
    {
        if (!CronTimes.TryParse(trigger.Cron, trigger.TimeZone, out var times, out _))
            return Remove(repository, branch, workflow);
        var now = time.GetUtcNow();
        var former = await schedules.FindAsync(repository.Key, branch.Ref, workflow.Name, cancellationToken);
        var changed = former is null || former.Cron != trigger.Cron || former.TimeZone != trigger.TimeZone;
        if (!changed && former!.NextAt > now)
            return WorkResult.Again(former.NextAt - now);
        var changes = new List<Change>();
        if (!changed)
        {
            var planned = times.UpTo(now) is { } last && last > former!.NextAt ? last : former!.NextAt;
            var run = await PlanAsync(repository, branch, workflow, planned, cancellationToken);
            if (run.Failed(out var problem))
                return Retry(item, problem);
            changes.AddRange(run.Value);
            changes.AddRange(await approvals.ReplacedAsync(repository.Key, run.Value, cancellationToken));
        }
        if (times.After(now) is not { } next)
            return WorkResult.Finished([.. changes, new RemoveSchedule(repository.Key, branch.Ref, workflow.Name)]);
        var schedule = new Schedule(repository.Key, branch.Ref, workflow.Name, trigger.Cron, trigger.TimeZone, next);
        return WorkResult.Again(next - now, [.. changes, new SaveSchedule(schedule)]);
    }

    /// <summary>By the same grants as a push of the branch.</summary>
    private async Task<Result<IReadOnlyList<Change>>> PlanAsync(
        OpenRepository repository,
        KnownRef branch,
        Workflow workflow,
        DateTimeOffset planned,
        CancellationToken cancellationToken
    )
    {
        var tip = branch.Tip!.Value;
        var last = await repositories.FindUpdateAsync(repository.Key, branch.Ref, branch.Generation, cancellationToken);
        var standing = new RefUpdate(
            repository.Key,
            branch.Ref,
            branch.Generation,
            last?.Before ?? tip,
            After: tip,
            last?.Move ?? RefMove.Forward,
            By: null,
            Delivery: null,
            last?.At ?? time.GetUtcNow()
        );
        var subject = new PlanSubject(repository, standing, tip, tip) { Trigger = Trigger.Schedule(planned) };
        var match = new MatchedWorkflow(workflow, workflow.Schedule!.Environment, PlanOnlyBecause: null);
        return await planner.PlanAsync(subject, match, cancellationToken);
    }

    private static WorkResult Remove(OpenRepository repository, KnownRef branch, Workflow workflow) =>
        WorkResult.Finished(new RemoveSchedule(repository.Key, branch.Ref, workflow.Name));

    private static WorkResult Retry(WorkItem item, Problem problem) =>
        WorkResult.Retry(BackOff.For(problem, item.Attempt, FirstWait), problem);
}
