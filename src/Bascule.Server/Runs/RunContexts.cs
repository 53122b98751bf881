using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
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
        var plan = await opened.Value.Steps.PlanAsync(cancellationToken);
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
        var tree = new RunTree(run, repository.Value.Mirror, workflow.Value.Root);
        IRunSteps steps = run.Promotes is { } order
            ? new PromotionSteps(environment.Platform, started, order)
            : new SentSteps(environment, started, workflow.Value, tree, surroundings)
            {
                Earlier = [.. run.RollsBack.Select(journals.Of)],
                RepositoryUrl = repository.Value.Forge.AccessTo(repository.Value.Repository).Url,
            };
        return new RunContext(environment, run, workflow.Value, tree, steps);
    }
}
