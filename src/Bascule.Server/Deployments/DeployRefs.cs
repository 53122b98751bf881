using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Deployments;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Deployments.Copying;
using Bascule.Server.Deployments.Reverting;
using Bascule.Server.Deployments.TakingBack;
using Bascule.Server.Reports;

namespace Bascule.Server.Deployments;

/// <summary>Moves deploy refs: nobody and nothing else does. What a ref leads to is on this disk, and in the store, before the ref says so.</summary>
internal sealed class DeployRefs(
    IDeploymentStore deployments,
    IWorkStore store,
    IRunStore runs,
    RollbackRuns rollbacks,
    DeployedRepositories repositories,
    DeployedPacks packs,
    EnvironmentConnections environments,
    AuditTrail audit,
    TimeProvider time
)
{
    /// <summary>
    /// Moves the ref of a run's environment to its commit. Safe to call again: a run moves it once. Denied for a commit that was rolled back there, and while a
    /// rollback waits for this run to end; Conflict when the ref was moved by something else meanwhile.
    /// </summary>
    public async Task<Result<Deployment>> MoveAsync(Run run, CancellationToken cancellationToken)
    {
        var place = new DeployPlace(run.Repository, run.Environment!);
        var now = await deployments.FindAsync(place, cancellationToken);
        if (now is not null && now.Run == run.Id && now.Commit == run.Commit)
            return now;
        if (await deployments.FindBlockAsync(place, run.Commit, cancellationToken) is { } blocked)
            return Refusal(blocked);
        if (await rollbacks.FindPendingAsync(run, now, cancellationToken) is { } pending)
            return pending;
        var moved = new Deployment(place, Next(now), run.Commit, $"run:{run.Id}", time.GetUtcNow()) { Run = run.Id };
        return await MoveAsync(moved, now, [], cancellationToken);
    }

    /// <summary>
    /// Why a run may not begin to change its environment, looked at when it is its turn; null when it may. Conflict for a rollback after which something else was
    /// deployed or rolled back, Denied for a commit that was rolled back, or while a rollback has not ended.
    /// </summary>
    public async Task<Problem?> FindObstacleAsync(Run run, CancellationToken cancellationToken)
    {
        var place = new DeployPlace(run.Repository, run.Environment!);
        var now = await deployments.FindAsync(place, cancellationToken);
        if (run.IsRollback)
            return now?.Generation == run.Trigger.RollbackGeneration
                ? null
                : Problem.Conflict(
                    $"the deploy ref of environment '{place.Environment}' was moved since, to commit {now?.Commit.Short}; nothing was taken back by this run"
                );
        return await deployments.FindBlockAsync(place, run.Commit, cancellationToken) is { } blocked
            ? Refusal(blocked)
            : await rollbacks.FindPendingAsync(run, now, cancellationToken);
    }

    /// <summary>
    /// Goes back to what was deployed before the commit that is there now, and keeps that one from coming back by itself (THREATS T138). The repository follows by
    /// a row of work, and a platform that was written to by a run. NotFound when nothing was deployed, Conflict when nothing good was before it, or what was
    /// changed since is in no record any more.
    /// </summary>
    /// <param name="seen">The generation that is to be left: who asks twice goes back once.</param>
    /// <param name="because">For people; it stays in the audit log.</param>
    /// <param name="by">As the audit log names them.</param>
    public async Task<Result<Deployment>> RollBackAsync(
        DeployPlace place,
        long seen,
        string because,
        string by,
        CancellationToken cancellationToken
    )
    {
        var history = await deployments.ReadHistoryAsync(place, MostHistory, cancellationToken);
        if (history.Count == 0)
            return Problem.NotFound(
                $"nothing was ever deployed to environment '{place.Environment}' from this repository"
            );
        var bad = history[0];
        if (bad.Generation != seen)
            return Problem.Conflict(
                $"the deploy ref of environment '{place.Environment}' was moved meanwhile, to commit {bad.Commit.Short}; look whether that is the bad one"
            );
        var good = await FindGoodAsync(place, history, cancellationToken);
        if (good is null)
            return Problem.Conflict(
                $"there is nothing to go back to: of the last {history.Count} deployments to '{place.Environment}' none is of another commit that was not rolled back itself"
            );
        var at = time.GetUtcNow();
        var back = new Deployment(place, Next(bad), good.Commit, by, at) { RolledBackBecause = because };
        var planned = await rollbacks.PlanAsync(history, good, back, cancellationToken);
        if (planned.Failed(out var unplanned))
            return unplanned;
        back = back with { Run = planned.Value?.Run.Id };
        Change[] beside =
        [
            new BlockCommit(new BlockedCommit(place, bad.Commit, because, by, at)),
            RevertWork.For(back),
            .. planned.Value?.Changes(back, audit) ?? [],
            .. await ReportAsync(history, at, cancellationToken),
        ];
        return await MoveAsync(back, bad, beside, cancellationToken);
    }

    /// <summary>What keeps a commit out of an environment, in words.</summary>
    public static Problem Refusal(BlockedCommit blocked) =>
        Problem.Denied(
            $"commit {blocked.Commit.Short} was rolled back in environment '{blocked.Place.Environment}' ({blocked.Because}); push a commit that mends it"
        );

    private const int MostHistory = 100;

    private async Task<Result<Deployment>> MoveAsync(
        Deployment moved,
        Deployment? before,
        IReadOnlyList<Change> beside,
        CancellationToken cancellationToken
    )
    {
        var brought = await repositories.BringAsync(moved.Place, moved.Commit, cancellationToken);
        if (brought.Failed(out var missing))
            return missing;
        var kept = await packs.MakeAsync(brought.Value, moved.Place, moved.Commit, cancellationToken);
        if (kept.Failed(out var unkept))
            return unkept;
        Change[] changes =
        [
            audit.Record(Entry(moved, before)),
            .. kept.Value,
            new MoveDeployRef(moved),
            .. IsCopied(moved.Place) ? [CopyWork.For(moved)] : Array.Empty<Change>(),
            .. beside,
        ];
        var applied = await store.ApplyAsync(changes, cancellationToken);
        return applied.Failed(out var conflict) ? conflict : moved;
    }

    private bool IsCopied(DeployPlace place) => environments.Find(place.Environment)?.Rule.CopiesDeployRef == true;

    /// <summary>What the forge says of the run that brought the bad commit: that it was rolled back.</summary>
    private async Task<IReadOnlyList<Change>> ReportAsync(
        IReadOnlyList<Deployment> history,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var brought = history.FirstOrDefault(one => one.Commit == history[0].Commit && one is { IsRollback: false });
        return brought?.Run is { } id && await runs.FindAsync(id, cancellationToken) is { } run
            ? ReportWork.For(run, now)
            : [];
    }

    private async Task<Deployment?> FindGoodAsync(
        DeployPlace place,
        IReadOnlyList<Deployment> history,
        CancellationToken cancellationToken
    )
    {
        foreach (var earlier in history.Skip(1).Where(one => one.Commit != history[0].Commit))
            if (await deployments.FindBlockAsync(place, earlier.Commit, cancellationToken) is null)
                return earlier;
        return null;
    }

    private static long Next(Deployment? now) => (now?.Generation ?? 0) + 1;

    private static AuditEntry Entry(Deployment moved, Deployment? before)
    {
        var links = new Dictionary<string, string> { ["repository"] = moved.Place.Repository.ToString() };
        if (moved.Run is { } run)
            links["run"] = run.Text;
        return new AuditEntry(AuditTypes.DeployRefMoved, moved.By)
        {
            Links = links,
            Facts = new JsonObject
            {
                ["environment"] = moved.Place.Environment,
                ["ref"] = moved.Place.Ref.ToString(),
                ["generation"] = moved.Generation,
                ["before"] = before?.Commit.ToString(),
                ["after"] = moved.Commit.ToString(),
                ["rolled_back_because"] = moved.RolledBackBecause,
            },
        };
    }
}
