using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Core.Workflows;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Deployments;
using Bascule.Server.Events;
using Bascule.Server.Identity;
using Bascule.Server.Promotions;
using Bascule.Server.Workflows;

namespace Bascule.Server.Runs;

/// <summary>Finds everything that a step of a run needs, from its row alone: so any step can be taken up after a crash.</summary>
internal sealed class RunContexts(
    EnvironmentConnections environments,
    RepositoryLookup lookup,
    WorkflowSource workflows,
    RunIdentities identities,
    RunMark mark,
    DeployRefs deployRefs,
    RunJournals journals,
    PlanSurroundings surroundings,
    AuditTrail audit
)
{
    public Task<Result<RunContext>> OpenAsync(Run run, CancellationToken cancellationToken) =>
        OpenAsync(run, audit, cancellationToken);

    /// <summary>Only to stop the run: that goes on while the audit log cannot be written.</summary>
    public Task<Result<RunContext>> OpenToStopAsync(Run run, CancellationToken cancellationToken) =>
        OpenAsync(run, audit.ForSafety, cancellationToken);

    /// <summary>
    /// A run that is asked for again, with a plan of what its platform holds now: the old one told what was to be changed then. As it is where the plan is of the
    /// commit alone, for a rollback: what that takes back is in the records, and for a reproduction: its plan is what it does over.
    /// </summary>
    public async Task<Result<Run>> PlanAgainAsync(Run run, CancellationToken cancellationToken)
    {
        if (
            run.IsRollback
            || run.IsReproduction
            || run.Promotes is not null
            || environments.Find(run.Environment ?? "") is not { Platform: IPlansApart }
        )
            return run;
        var opened = await OpenAsync(run, cancellationToken);
        if (opened.Failed(out var unopened))
            return unopened;
        var plan = await opened.Value.PlanAsync(cancellationToken);
        return plan.Failed(out var problem) ? problem : PlanRecord.Keep(run, plan.Value);
    }

    private async Task<Result<RunContext>> OpenAsync(Run run, AuditTrail trail, CancellationToken cancellationToken)
    {
        if (run.Environment is not { } name || environments.Find(name) is not { } environment)
            return Problem.Denied($"environment '{run.Environment}' is not in bascule.yaml any more");
        var repository = await lookup.OpenAsync(run.Repository, cancellationToken);
        if (repository.Failed(out var unopened))
            return unopened;
        var workflow = await workflows.ReadAsync(
            repository.Value.Mirror,
            run.BaseCommit ?? run.Commit,
            run.Workflow,
            cancellationToken
        );
        if (workflow.Failed(out var unread))
            return unread;
        var links = new Dictionary<string, string>
        {
            ["run"] = run.Id.Text,
            ["repository"] = run.Repository.ToString(),
        };
        var started = new StartedRun(
            run,
            mark.Of(run.Id),
            workflow.Value.Task,
            environment.Settings,
            identities.For(run, environment, trail),
            new CallAudit(trail, links)
        )
        {
            Journal = journals.Of(run.Id),
            MoveDeployRef = async token =>
            {
                var moved = await deployRefs.MoveAsync(run, token);
                return moved.Failed(out var stuck) ? stuck : moved.Value.At;
            },
        };
        return new RunContext(environment, started, workflow.Value, repository.Value.Mirror, surroundings)
        {
            Earlier = [.. run.RollsBack.Select(journals.Of)],
            RepositoryUrl = repository.Value.Forge.AccessTo(repository.Value.Repository).Url,
        };
    }
}

/// <summary>A run with its platform, ready for the next call.</summary>
internal sealed class RunContext(
    EnvironmentConnection environment,
    StartedRun run,
    Workflow workflow,
    IMirror mirror,
    PlanSurroundings surroundings
)
{
    private readonly IPlatform _platform = environment.Platform;

    /// <summary>Of a rollback: the journals of the runs that it takes back, the newest first.</summary>
    public IReadOnlyList<IRunJournal> Earlier { get; init; } = [];

    /// <summary>Where the repository is cloned from, for platforms that keep it beside the run.</summary>
    public Uri? RepositoryUrl { get; init; }

    public EnvironmentRule Environment => environment.Rule;

    public Concurrency Concurrency => workflow.Concurrency;

    public ReportRules Report => workflow.Report;

    public async Task<Result<PlatformRun>> StartAsync(
        Action<string> progress,
        Func<CancellationToken, Task<Result<Done>>> launching,
        CancellationToken cancellationToken
    )
    {
        if (run.Run.Promotes is not null)
            return await PromotionSteps.StartAsync(_platform, run, progress, launching, cancellationToken);
        if (run.Run.IsRollback)
            return await TakeBackAsync(progress, launching, cancellationToken);
        var tree = await ReadPlannedTreeAsync(cancellationToken);
        if (tree.Failed(out var problem))
            return problem;
        var request = new StartRequest(
            run.Run,
            run.Mark,
            run.Task,
            run.Environment,
            tree.Value,
            run.Identity,
            run.Audit,
            progress
        )
        {
            Launching = launching,
            Journal = run.Journal,
            MoveDeployRef = run.MoveDeployRef,
            RepositoryUrl = RepositoryUrl,
        };
        return await _platform.StartAsync(request, cancellationToken);
    }

    /// <summary>The run's files, when they are those that it was planned with (THREATS T72).</summary>
    private async Task<Result<IContentTree>> ReadPlannedTreeAsync(CancellationToken cancellationToken)
    {
        var tree = await mirror.ReadTreeAsync(run.Run.Commit, workflow.Root, cancellationToken);
        return tree.Problem is null && run.Run.TreeDigest is { } planned && planned != tree.Value.TreeDigest
            ? Problem.Denied(
                $"commit {run.Run.Commit.Short} holds other files than when it was planned, under the same id: somebody has a collision of SHA-1, or changed the mirror; nothing is sent. Remove the mirror, look at the repository, and push a new commit"
            )
            : tree;
    }

    private Task<Result<PlatformRun>> TakeBackAsync(
        Action<string> progress,
        Func<CancellationToken, Task<Result<Done>>> launching,
        CancellationToken cancellationToken
    ) =>
        _platform is ITakesBack platform
            ? platform.TakeBackAsync(
                new TakeBackRequest(run, Earlier, progress) { Launching = launching },
                cancellationToken
            )
            : Task.FromResult<Result<PlatformRun>>(
                Problem.Denied(
                    $"environment '{environment.Name}' leads to another platform now, on which nothing can be taken back; nothing was changed"
                )
            );

    /// <summary>What would be sent, by the settings of now.</summary>
    public async Task<Result<PlatformPlan>> PlanAsync(CancellationToken cancellationToken)
    {
        if (run.Run.Promotes is not null)
            return PromotionPlan.Of(run.Run);
        var tree = await mirror.ReadTreeAsync(run.Run.Commit, workflow.Root, cancellationToken);
        if (tree.Failed(out var problem))
            return problem;
        var request = new PlanRequest(
            workflow.Name,
            workflow.Task,
            environment.Name,
            environment.Settings,
            run.Run.RepositoryName,
            run.Run.Commit,
            ContentIds.Compute(tree.Value.TreeDigest, workflow.Definition, "{}"),
            tree.Value
        )
        {
            Repeats = run.Run.IsReproduction ? run.Run.Plan : null,
        };
        return await _platform.PlanAsync(
            await surroundings.AroundAsync(request, run.Run, environment, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>A reproduction sends what its plan says or nothing: Conflict names each member that would be another by the settings of now.</summary>
    public async Task<Result<Done>> CompareWithPlanAsync(CancellationToken cancellationToken)
    {
        var tree = await ReadPlannedTreeAsync(cancellationToken);
        if (tree.Failed(out var unread))
            return unread;
        var planned = await PlanAsync(cancellationToken);
        if (planned.Failed(out var unplanned))
            return unplanned;
        var differences = PlanDifferences.Between(run.Run.Plan!, planned.Value.Json);
        return differences.Count == 0
            ? Result.Done
            : Problem.Conflict(
                Points.Of(
                    "this would not be the same run, because the server's settings are others now, or Bascule is another version, so it is not started; put back what differs, or run the commit as things are now with `bascule run retry`",
                    differences
                )
            );
    }

    /// <summary>What is not as this run deployed it. Invalid where the platform cannot tell.</summary>
    public async Task<Result<IReadOnlyList<Difference>>> FindDriftAsync(CancellationToken cancellationToken)
    {
        if (run.Run.Promotes is not null)
            return await PromotionSteps.FindDriftAsync(_platform, run, cancellationToken);
        if (_platform is not IFindsDrift role)
            return Problem.Invalid($"platform '{_platform.Name}' cannot tell what was changed there");
        var tree = await mirror.ReadTreeAsync(run.Run.Commit, workflow.Root, cancellationToken);
        if (tree.Failed(out var problem))
            return problem;
        var request = new DriftRequest(
            workflow.Task,
            environment.Name,
            environment.Settings,
            tree.Value,
            run.Run.Plan,
            surroundings.AccessFor(run.Run, environment) ?? new PlanAccess(run.Identity, run.Audit)
        )
        {
            Others = await surroundings.OthersAsync(run.Run, environment, cancellationToken),
        };
        return await role.CompareAsync(request, cancellationToken);
    }

    public Task<Result<Observation>> ObserveAsync(CancellationToken cancellationToken) =>
        run.Run.Promotes is null
            ? _platform.ObserveAsync(run, cancellationToken)
            : PromotionSteps.ObserveAsync(_platform, run, cancellationToken);

    /// <summary>An alias is moved in one call: there is nothing to stop.</summary>
    public Task<Result<Done>> CancelAsync(CancellationToken cancellationToken) =>
        run.Run.Promotes is null ? _platform.CancelAsync(run, cancellationToken) : Task.FromResult(Result.Done);

    public Task<Result<RunResults>> ReadResultsAsync(CancellationToken cancellationToken) =>
        run.Run.Promotes is null && _platform is IRunResults results
            ? results.ReadResultsAsync(run, cancellationToken)
            : Task.FromResult<Result<RunResults>>(new RunResults([], [], []));
}
