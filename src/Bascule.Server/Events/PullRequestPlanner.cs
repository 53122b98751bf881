using Bascule.Core;
using Bascule.Core.Forges;
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
        if (file.Failed(out var problem))
            return problem.IsTransient ? problem : await planner.RefuseFileAsync(subject, problem, cancellationToken);
        if (file.Value is not { } workflowFile)
            return Result.Of<IReadOnlyList<Change>>([]);
        var parted = await repository.Mirror.FindMergeBaseAsync(policy, head, cancellationToken);
        if (parted.Failed(out var unread))
            return unread;
        // What the base got meanwhile is not this pull request's doing.
        var paths = await repository.Mirror.ChangedPathsAsync(parted.Value, head, cancellationToken);
        if (paths.Failed(out var uncompared))
            return uncompared;
        var facts = new PullRequestFacts(pullRequest.Base, [.. paths.Value], pullRequest.FromFork);
        var matches = WorkflowMatcher.Match(workflowFile, facts);
        var merges = await MatchMergeAsync(subject, facts, matches, cancellationToken);
        return merges.Failed(out var unmatched)
            ? unmatched
            : await PushPlanner.PlanAllAsync(planner, subject, [.. matches, .. merges.Value], cancellationToken);
    }

    /// <summary>
    /// What the merge would run, by the file that it would bring: to be approved before. A fork's head proposes nothing, and what runs for the pull
    /// request in the same place is approved there.
    /// </summary>
    private async Task<Result<IReadOnlyList<MatchedWorkflow>>> MatchMergeAsync(
        PlanSubject subject,
        PullRequestFacts facts,
        IReadOnlyList<MatchedWorkflow> matches,
        CancellationToken cancellationToken
    )
    {
        if (facts.FromFork)
            return Result.Of<IReadOnlyList<MatchedWorkflow>>([]);
        var file = await workflows.ReadAsync(subject.Repository.Mirror, subject.Head, cancellationToken);
        if (file.Failed(out var problem))
            return problem.IsTransient ? problem : Result.Of<IReadOnlyList<MatchedWorkflow>>([]);
        if (file.Value is not { } proposed)
            return Result.Of<IReadOnlyList<MatchedWorkflow>>([]);
        return Result.Of<IReadOnlyList<MatchedWorkflow>>([
            .. WorkflowMatcher
                .Match(proposed, new RefUpdateFacts(facts.Base, facts.ChangedPaths))
                .Where(merge =>
                    !matches.Any(match =>
                        match.Workflow.Name == merge.Workflow.Name && match.Environment == merge.Environment
                    )
                )
                .Select(merge => merge with { OnMerge = true }),
        ]);
    }
}
