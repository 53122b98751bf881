using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Platforms;
using Bascule.Core.Workflows;
using Bascule.Server.Connections;

namespace Bascule.Server.Runs;

/// <summary>A run that sends its files to the platform, or takes back what such runs have sent.</summary>
internal sealed class SentSteps(
    EnvironmentConnection environment,
    StartedRun run,
    Workflow workflow,
    RunTree tree,
    PlanSurroundings surroundings
) : IRunSteps
{
    private readonly IPlatform _platform = environment.Platform;

    /// <summary>Of a rollback: the journals of the runs that it takes back, the newest first.</summary>
    public IReadOnlyList<IRunJournal> Earlier { get; init; } = [];

    /// <summary>Where the repository is cloned from, for platforms that keep it beside the run.</summary>
    public Uri? RepositoryUrl { get; init; }

    public async Task<Result<PlatformPlan>> PlanAsync(CancellationToken cancellationToken)
    {
        var sent = await tree.ReadAsync(cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        var request = new PlanRequest(
            workflow.Name,
            workflow.Task,
            environment.Name,
            environment.Settings,
            run.Run.RepositoryName,
            run.Run.Commit,
            ContentIds.Compute(sent.Value.TreeDigest, workflow.Definition, "{}"),
            sent.Value
        )
        {
            Repeats = run.Run.IsReproduction ? run.Run.Plan : null,
        };
        return await _platform.PlanAsync(
            await surroundings.AroundAsync(request, run.Run, environment, cancellationToken),
            cancellationToken
        );
    }

    public async Task<Result<PlatformRun>> StartAsync(
        Action<string> progress,
        Func<CancellationToken, Task<Result<Done>>> launching,
        CancellationToken cancellationToken
    )
    {
        if (run.Run.IsRollback)
            return await TakeBackAsync(progress, launching, cancellationToken);
        var sent = await tree.ReadAsPlannedAsync(cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        var request = new StartRequest(
            run.Run,
            run.Mark,
            run.Task,
            run.Environment,
            sent.Value,
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

    public Task<Result<Observation>> ObserveAsync(CancellationToken cancellationToken) =>
        _platform.ObserveAsync(run, cancellationToken);

    public Task<Result<Done>> CancelAsync(CancellationToken cancellationToken) =>
        _platform.CancelAsync(run, cancellationToken);

    public Task<Result<RunResults>> ReadResultsAsync(CancellationToken cancellationToken) =>
        _platform is IRunResults results
            ? results.ReadResultsAsync(run, cancellationToken)
            : Task.FromResult<Result<RunResults>>(RunResults.None);

    public async Task<Result<IReadOnlyList<Difference>>> FindDriftAsync(CancellationToken cancellationToken)
    {
        if (_platform is not IFindsDrift role)
            return Problem.Invalid($"platform '{_platform.Name}' cannot tell what was changed there");
        var sent = await tree.ReadAsync(cancellationToken);
        if (sent.Failed(out var problem))
            return problem;
        var request = new DriftRequest(
            workflow.Task,
            environment.Name,
            environment.Settings,
            sent.Value,
            run.Run.Plan,
            surroundings.AccessFor(run.Run, environment) ?? new PlanAccess(run.Identity, run.Audit)
        )
        {
            Others = await surroundings.OthersAsync(run.Run, environment, cancellationToken),
        };
        return await role.CompareAsync(request, cancellationToken);
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
}
