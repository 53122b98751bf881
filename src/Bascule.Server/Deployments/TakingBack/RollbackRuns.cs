using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Installation;
using Bascule.Core.Json;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Connections;
using Bascule.Server.Reports;

namespace Bascule.Server.Deployments.TakingBack;

/// <summary>
/// Where going back is work: the run that does it. It is the good commit's, takes back what was deployed since then, the newest first, and needs no approval:
/// what it leads to was approved when it was deployed.
/// </summary>
internal sealed class RollbackRuns(
    IRunStore runs,
    EnvironmentConnections environments,
    IInstallationStore installation,
    TimeProvider time
)
{
    private const int MostAttempts = 1000;
    private const string Remedy = "nothing was changed; revert the commit and push that";

    /// <summary>
    /// Null where going back is the move of the ref alone. Conflict when somebody has to go back by a new commit, because what was there before is in no record
    /// any more.
    /// </summary>
    /// <param name="history">The moves of the ref so far, the newest first.</param>
    /// <param name="good">What is gone back to.</param>
    /// <param name="back">The move that goes back.</param>
    public async Task<Result<PlannedRollback?>> PlanAsync(
        IReadOnlyList<Deployment> history,
        Deployment good,
        Deployment back,
        CancellationToken cancellationToken
    )
    {
        var environment = environments.Find(back.Place.Environment);
        if (environment is not null && environment.Platform is not ITakesBack)
            return Result.Of<PlannedRollback?>(null);
        var standing = await ReadStandingAsync(history, cancellationToken);
        if (environment is null)
            return await HasJournalAsync(standing, cancellationToken)
                ? Problem.Conflict(
                    $"environment '{back.Place.Environment}' is not in bascule.yaml any more, and what was deployed there cannot be taken back without its connection; put it back into the settings"
                )
                : Result.Of<PlannedRollback?>(null);
        var at = standing.FindLastIndex(one => one.Commit == good.Commit);
        if (
            at < 0
            || await runs.FindAsync(standing[at].Run!.Value, cancellationToken) is not { Plan: { } plan } goodRun
        )
            return Forgotten(good);
        var taken = await ReadTakenAsync(standing[(at + 1)..], cancellationToken);
        if (taken.Failed(out var gone))
            return gone;
        if (taken.Value.FirstOrDefault(run => run.Target != goodRun.Target) is { } other)
            return Problem.Conflict(
                $"run {other.Id} changed {other.Target}, and commit {good.Commit.Short} was deployed to {goodRun.Target}; {Remedy}"
            );
        var rollback = await DraftAsync(goodRun, plan, taken.Value, back.Generation, cancellationToken);
        return new PlannedRollback(rollback, taken.Value);
    }

    /// <summary>What a run is not let do while a rollback of its environment has not ended; null when none is under way.</summary>
    /// <param name="now">Where the environment's ref is.</param>
    public async Task<Problem?> FindPendingAsync(Run run, Deployment? now, CancellationToken cancellationToken)
    {
        if (now is not { IsRollback: true, Run: not null })
            return null;
        var attempts = await ReadAttemptsAsync(now, cancellationToken);
        return attempts.FirstOrDefault(one => !one.IsFinal && one.Id != run.Id) is { } pending
            ? Problem.Denied(
                $"environment '{now.Place.Environment}' is being rolled back by run {pending.Id}; once that has ended: bascule run retry {run.Id}"
            )
            : null;
    }

    /// <summary>The runs whose changes are there, the oldest first: those that deployed, without those that were taken back.</summary>
    private async Task<List<Deployment>> ReadStandingAsync(
        IReadOnlyList<Deployment> history,
        CancellationToken cancellationToken
    )
    {
        var standing = new List<Deployment>();
        foreach (var move in history.Reverse())
            if (!move.IsRollback && move.Run is not null)
                standing.Add(move);
            else if (move is { IsRollback: true, Run: not null })
            {
                // One that has not ended well has left things, or may have; to take back twice what is as it was changes nothing.
                var attempts = await ReadAttemptsAsync(move, cancellationToken);
                foreach (var done in attempts.Where(one => one.State == RunState.Succeeded))
                    standing.RemoveAll(one => done.RollsBack.Contains(one.Run!.Value));
            }
        return standing;
    }

    /// <summary>A person may have had a rollback that failed tried again: each try is a run.</summary>
    private async Task<IEnumerable<Run>> ReadAttemptsAsync(Deployment back, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(back.Place.Repository, Commit: back.Commit, Limit: MostAttempts)
        {
            Within = [new RunReach([back.Place.Repository], [back.Place.Environment])],
        };
        var listed = await runs.ListAsync(filter, cancellationToken);
        return listed.Where(run => run.Trigger.RollbackGeneration == back.Generation);
    }

    private async Task<Result<List<Run>>> ReadTakenAsync(
        IEnumerable<Deployment> above,
        CancellationToken cancellationToken
    )
    {
        var taken = new List<Run>();
        foreach (var move in above.Reverse())
        {
            var id = move.Run!.Value;
            if (
                await runs.FindAsync(id, cancellationToken) is not { } run
                || await runs.ReadJournalAsync(id, cancellationToken) is null
            )
                return Forgotten(move);
            taken.Add(run);
        }
        return taken;
    }

    private async Task<bool> HasJournalAsync(IEnumerable<Deployment> standing, CancellationToken cancellationToken)
    {
        foreach (var move in standing)
            if (await runs.ReadJournalAsync(move.Run!.Value, cancellationToken) is not null)
                return true;
        return false;
    }

    private async Task<Run> DraftAsync(
        Run good,
        string plan,
        IReadOnlyList<Run> taken,
        long generation,
        CancellationToken cancellationToken
    )
    {
        var epoch = await installation.ReadEpochAsync(cancellationToken);
        var text = Planned(plan, taken);
        return good.Afresh(epoch, Trigger.Rollback(generation), ordinal: 0, time.GetUtcNow()) with
        {
            Rule = PlannedRollback.Rule,
            Plan = text,
            PlanSummary = string.Join(
                '\n',
                taken.Select(run => $"takes back what run {run.Id} wrote for commit {run.Commit.Short}")
            ),
            PlanDigest = ReportedForge.DigestOf(text),
            HoldsAlone = true,
            Delivery = null,
            RollsBack = [.. taken.Select(run => run.Id)],
        };
    }

    /// <summary>The good commit's, since that is what is deployed then, with what is taken back.</summary>
    private static string Planned(string plan, IReadOnlyList<Run> taken)
    {
        var json = JsonNode.Parse(plan)!.AsObject();
        json["rolls_back"] = new JsonArray([.. taken.Select(run => JsonValue.Create(run.Id.Text))]);
        return CanonicalJson.ToText(json);
    }

    private static Problem Forgotten(Deployment move) =>
        Problem.Conflict(
            $"what was deployed with commit {move.Commit.Short} is in no record any more (runs are kept as long as retention.runs says); {Remedy}"
        );
}
