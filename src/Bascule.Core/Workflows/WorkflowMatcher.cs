using Bascule.Core.Forges;
using Bascule.Core.Settings;

namespace Bascule.Core.Workflows;

/// <summary>A ref that moved to a commit; deletions match nothing and are not asked about.</summary>
/// <param name="ChangedPaths">Paths that differ in real objects, relative to the repository; null when everything counts as changed.</param>
public sealed record RefUpdateFacts(RefName Ref, IReadOnlyCollection<string>? ChangedPaths);

/// <param name="Base">The branch it wants to go into, whose file judges it (THREATS T52).</param>
/// <param name="ChangedPaths">Paths that differ between base and head; null when everything counts as changed.</param>
/// <param name="FromFork">Whether the head is outside the base repository, or gone.</param>
public sealed record PullRequestFacts(RefName Base, IReadOnlyCollection<string>? ChangedPaths, bool FromFork)
{
    /// <summary>Whether Bascule opened it after a rollback: what it brings back has run before.</summary>
    public bool IsRevert { get; init; }
}

/// <summary>A workflow whose trigger fits. What it asks for is not granted yet: see <see cref="Grants"/>.</summary>
/// <param name="Environment">Null for a plan only.</param>
/// <param name="PlanOnlyBecause">For people; null when there is an environment.</param>
public sealed record MatchedWorkflow(Workflow Workflow, string? Environment, string? PlanOnlyBecause)
{
    /// <summary>Not yet: what the merge of a pull request will run.</summary>
    public bool OnMerge { get; init; }
}

/// <summary>From an event to the workflows that it concerns. Only reads what it is given.</summary>
public static class WorkflowMatcher
{
    public static IReadOnlyList<MatchedWorkflow> Match(WorkflowFile file, RefUpdateFacts facts) =>
        [
            .. file
                .Workflows.Where(workflow =>
                    workflow.Push is { } push
                    && facts.Ref.IsBranch
                    && Fits(workflow, push.Branches, push.Paths, facts.Ref, facts.ChangedPaths)
                )
                .Select(workflow => new MatchedWorkflow(workflow, workflow.Push!.Environment, PlanOnlyBecause: null)),
        ];

    public static IReadOnlyList<MatchedWorkflow> Match(WorkflowFile file, PullRequestFacts facts) =>
        [
            .. file
                .Workflows.Where(workflow =>
                    workflow.PullRequest is { } trigger
                    && facts.Base.IsBranch
                    && Fits(workflow, trigger.Branches, trigger.Paths, facts.Base, facts.ChangedPaths)
                )
                .Select(workflow => ForPullRequest(workflow, facts)),
        ];

    private static MatchedWorkflow ForPullRequest(Workflow workflow, PullRequestFacts facts) =>
        facts.FromFork ? new(workflow, null, "a head from a fork gets a plan only")
        : facts.IsRevert ? new(workflow, null, "what takes a rollback into the repository gets a plan only")
        : workflow.PullRequest!.Environment is { } environment ? new(workflow, environment, PlanOnlyBecause: null)
        : new(workflow, null, $"workflow '{workflow.Name}' names no environment for pull requests");

    private static bool Fits(
        Workflow workflow,
        IReadOnlyList<Glob> branches,
        IReadOnlyList<Glob> paths,
        RefName branch,
        IReadOnlyCollection<string>? changed
    ) =>
        branches.Any(glob => glob.IsMatch(branch.ShortName))
        && (changed is null || Touches(workflow.Root, paths, changed));

    /// <summary>Without a filter, a workflow of the whole repository runs also for a commit that changes nothing.</summary>
    private static bool Touches(string root, IReadOnlyList<Glob> paths, IReadOnlyCollection<string> changed) =>
        paths.Count > 0
            ? changed.Any(path => paths.Any(glob => glob.IsMatch(path)))
            : root.Length == 0 || changed.Any(path => path.StartsWith(root + "/", StringComparison.Ordinal));
}
