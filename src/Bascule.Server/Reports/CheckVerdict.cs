using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Server.Reports;

/// <summary>What the required status of one environment says of a pull request's head.</summary>
/// <param name="Run">Whose page tells more; null where nothing runs.</param>
internal sealed record CheckVerdict(CommitStatusState State, string Text, RunId? Run)
{
    /// <summary>
    /// By the newest run of each workflow: what the merge will run there, and what runs there for the pull request itself. The one place that says what
    /// a state of a run, approvals included, means for the merge.
    /// </summary>
    /// <param name="runs">Of the pull request's current head, newest first.</param>
    public static CheckVerdict Judge(PullRequest pullRequest, string environment, IEnumerable<Run> runs)
    {
        var concerned = runs.Where(run => Concerns(run, pullRequest, environment))
            .GroupBy(run => (run.Workflow, run.Environment))
            .Select(group => group.First())
            .Where(run => run.State != RunState.Superseded)
            .OrderByDescending(run => Weight(StateOf(run)))
            .ThenBy(run => run.Workflow, StringComparer.Ordinal)
            .ToList();
        if (concerned is [var worst, ..] && StateOf(worst) != CommitStatusState.Success)
            return new CheckVerdict(StateOf(worst), $"{worst.Workflow}: {Words.Whole(worst)}", worst.Id);
        return new CheckVerdict(CommitStatusState.Success, Words.Ready(pullRequest, concerned), null);
    }

    /// <summary>Of several pull requests with one head, the one that is worst off: their status is one and the same.</summary>
    public static CheckVerdict Worst(IEnumerable<CheckVerdict> verdicts) =>
        verdicts.OrderByDescending(verdict => Weight(verdict.State)).First();

    /// <summary>
    /// A head from a fork proposes nothing for an environment; what is planned of it must be sound. A workflow file that the merge could not run by
    /// concerns every environment. A promotion comes after the fact.
    /// </summary>
    private static bool Concerns(Run run, PullRequest pullRequest, string environment) =>
        run.PullRequest == pullRequest.Number
        && run.Promotes is null
        && (run.Environment == environment || (run.Environment is null && (run.OnMerge || pullRequest.FromFork)));

    private static CommitStatusState StateOf(Run run) =>
        run.State switch
        {
            RunState.Succeeded => run.IsGood ? CommitStatusState.Success : CommitStatusState.Failure,
            RunState.Planned when run.IsPlanOnly => CommitStatusState.Success,
            RunState.Failed or RunState.Refused or RunState.Canceled => CommitStatusState.Failure,
            _ => CommitStatusState.Pending,
        };

    private static int Weight(CommitStatusState state) =>
        state switch
        {
            CommitStatusState.Success => 0,
            CommitStatusState.Pending => 1,
            _ => 2,
        };
}
