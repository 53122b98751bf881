using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Server.Deployments.Reverting;

/// <summary>A rollback that still stands.</summary>
/// <param name="Back">The move that went back.</param>
/// <param name="Bad">The commit that it left.</param>
/// <param name="Run">The run that had brought that one.</param>
internal sealed record Rollback(Deployment Back, CommitId Bad, Run Run)
{
    public CommitId Good => Back.Commit;

    public string Environment => Back.Place.Environment;

    /// <summary>The branch that the environment takes, from which the bad commit came.</summary>
    public RefName Branch => Run.Ref;

    public string Because => Back.RolledBackBecause ?? "";
}

/// <summary>Finds rollbacks again from what is stored.</summary>
internal sealed class Rollbacks(IDeploymentStore deployments, IRunStore runs)
{
    private const int MostHistory = 100;

    /// <summary>
    /// Null when something else was deployed since, which then says what is right; when nobody knows any more which run brought the bad commit; and when that
    /// commit came from no branch, so that there is nothing to take back.
    /// </summary>
    public async Task<Rollback?> FindAsync(DeployPlace place, long generation, CancellationToken cancellationToken)
    {
        var history = await deployments.ReadHistoryAsync(place, MostHistory, cancellationToken);
        if (history is not [{ RolledBackBecause: not null } back, var bad, ..] || back.Generation != generation)
            return null;
        // What is left may have been gone back to itself: the run that once brought it is further down.
        var brought = history.FirstOrDefault(one =>
            one is { IsRollback: false, Run: not null } && one.Commit == bad.Commit
        );
        if (brought?.Run is not { } id || await runs.FindAsync(id, cancellationToken) is not { } run)
            return null;
        return run is { PullRequest: null, Ref.IsBranch: true } ? new Rollback(back, bad.Commit, run) : null;
    }
}
