using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Workflows;

namespace Bascule.Server.Events;

/// <summary>From a pull request whose head moved to the runs that follow, judged by the workflow file of its base (THREATS T52).</summary>
internal sealed class PullRequestPlanner(WorkflowSource workflows, RunPlanner planner)
{
    public async Task<Result<IReadOnlyList<Change>>> PlanAsync(
        OpenRepository repository,
        PullRequest pullRequest,
        RefUpdate update,
        CommitId? baseTip,
        bool again,
        bool fresh,
        CancellationToken cancellationToken
    )
    {
        if (update.After is not { } head || baseTip is not { } policy)
            return Result.Of<IReadOnlyList<Change>>([]);
        var subject = new PlanSubject(repository, update, head, policy)
        {
            PullRequest = pullRequest,
            Again = again,
            Fresh = fresh,
        };
        var file = await workflows.ReadAsync(repository.Mirror, policy, cancellationToken);
        if (file.Failed(out var problem) && problem.IsTransient)
            return problem;
        var parted = await repository.Mirror.FindMergeBaseAsync(policy, head, cancellationToken);
        if (parted.Failed(out var unread))
            return unread;
        // What the base got meanwhile is not this pull request's doing.
        var paths = await repository.Mirror.ChangedPathsAsync(parted.Value, head, cancellationToken);
        if (paths.Failed(out var uncompared))
            return uncompared;
        var facts = new PullRequestFacts(pullRequest.Base, [.. paths.Value], pullRequest.FromFork)
        {
            IsRevert = RevertBranch.IsReserved(pullRequest.HeadBranch),
        };
        var matches = problem is null && file.Value is { } known ? WorkflowMatcher.Match(known, facts) : [];
        var merges = await PlanMergeAsync(subject, facts, matches, cancellationToken);
        if (merges.Failed(out var unplanned))
            return unplanned;
        var planned = problem is null
            ? await PushPlanner.PlanAllAsync(planner, subject, matches, cancellationToken)
            : await RefuseAsync(subject, problem, merges.Value, cancellationToken);
        return planned.Failed(out var unmatched)
            ? unmatched
            : Result.Of<IReadOnlyList<Change>>([.. planned.Value, .. merges.Value]);
    }

    /// <summary>One refusal is enough: where the merge would leave the file as broken as it is, that says so.</summary>
    private async Task<Result<IReadOnlyList<Change>>> RefuseAsync(
        PlanSubject subject,
        Problem problem,
        IReadOnlyList<Change> merges,
        CancellationToken cancellationToken
    ) =>
        merges.OfType<AddRun>().Any(added => added.Run is { OnMerge: true, Environment: null })
            ? Result.Of<IReadOnlyList<Change>>([])
            : await planner.RefuseFileAsync(subject, problem, onMerge: false, cancellationToken);

    /// <summary>
    /// What the merge would run, by the file that it would bring: to be approved before. A fork's head proposes nothing, and what runs for the pull
    /// request in the same place is approved there.
    /// </summary>
    private async Task<Result<IReadOnlyList<Change>>> PlanMergeAsync(
        PlanSubject subject,
        PullRequestFacts facts,
        IReadOnlyList<MatchedWorkflow> matches,
        CancellationToken cancellationToken
    )
    {
        if (facts.FromFork)
            return Result.Of<IReadOnlyList<Change>>([]);
        var file = await workflows.ReadAsync(subject.Repository.Mirror, subject.Head, cancellationToken);
        if (file.Failed(out var problem))
            return problem.IsTransient ? problem
                : planner.IsChecked(subject)
                    ? await planner.RefuseFileAsync(subject, problem, onMerge: true, cancellationToken)
                : Result.Of<IReadOnlyList<Change>>([]);
        if (file.Value is not { } proposed)
            return Result.Of<IReadOnlyList<Change>>([]);
        var merges = WorkflowMatcher
            .Match(proposed, new RefUpdateFacts(facts.Base, facts.ChangedPaths))
            .Where(merge =>
                !matches.Any(match =>
                    match.Workflow.Name == merge.Workflow.Name && match.Environment == merge.Environment
                )
            )
            .Select(merge => merge with { OnMerge = true });
        return await PushPlanner.PlanAllAsync(planner, subject, [.. merges], cancellationToken);
    }
}
