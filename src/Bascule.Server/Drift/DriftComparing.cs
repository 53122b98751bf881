using Bascule.Core.Drift;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Connections;
using Bascule.Server.Runs;

namespace Bascule.Server.Drift;

/// <summary>Compares what a run deployed with what its platform holds now, when nobody deploys there meanwhile.</summary>
internal sealed class DriftComparing(
    EnvironmentConnections environments,
    RunContexts contexts,
    IRunStore runs,
    IHolderStore holders,
    TimeProvider time
)
{
    private const int LongestProblem = 500;

    /// <summary>Runs that may have begun and ended during one comparison: each holds its target alone.</summary>
    private const int NewestRuns = 20;

    /// <summary>Null while a run changes the target, or when one did meanwhile: what it has half done is no drift.</summary>
    /// <param name="former">What is known of the place; null when it was never looked at.</param>
    public async Task<DriftStanding?> LookAsync(
        Run deployed,
        DriftStanding? former,
        CancellationToken cancellationToken
    )
    {
        if (environments.Find(deployed.Environment!) is not { } environment)
            return null;
        var begun = time.GetUtcNow();
        var names = environments.All.Where(one => one.Platform.Name == environment.Platform.Name).ToList();
        if (await IsHeldAsync(deployed, names, cancellationToken))
            return null;
        var opened = await contexts.OpenAsync(deployed, cancellationToken);
        var found = opened.Failed(out var unopened)
            ? unopened
            : await opened.Value.Steps.FindDriftAsync(cancellationToken);
        if (
            await IsHeldAsync(deployed, names, cancellationToken)
            || await HasRunAsync(deployed, names, begun, cancellationToken)
        )
            return null;
        var place = DriftHandler.PlaceOf(deployed);
        var now = new DriftStanding(place, deployed.Id, deployed.Commit, begun);
        return found.Failed(out var problem)
            ? Unknown(now, PlainText.Line(problem.Message, LongestProblem), former)
            : Known(now, found.Value, former);
    }

    private static DriftStanding Known(
        DriftStanding now,
        IReadOnlyList<Difference> differences,
        DriftStanding? former
    ) =>
        now with
        {
            ComparedAt = now.LookedAt,
            Differences = [.. differences.Take(DriftStanding.MostKept)],
            Total = differences.Count,
            Since = differences.Count == 0 ? null : former?.Since ?? now.LookedAt,
        };

    /// <summary>What was known stays, and nobody takes it for what is.</summary>
    private static DriftStanding Unknown(DriftStanding now, string problem, DriftStanding? former) =>
        now with
        {
            Problem = problem,
            ComparedAt = former?.ComparedAt,
            Differences = former?.Differences ?? [],
            Total = former?.Total ?? 0,
            Since = former?.Since,
        };

    private async Task<bool> IsHeldAsync(
        Run deployed,
        IReadOnlyList<EnvironmentConnection> kin,
        CancellationToken cancellationToken
    )
    {
        foreach (var environment in kin)
        {
            var line = await holders.ReadLineAsync(environment.Name, deployed.Target ?? "", cancellationToken);
            if (line.Any(place => place.Holds))
                return true;
        }
        return false;
    }

    /// <summary>A promotion changes nothing that was deployed, and a deployment no alias.</summary>
    private async Task<bool> HasRunAsync(
        Run deployed,
        IReadOnlyList<EnvironmentConnection> kin,
        DateTimeOffset begun,
        CancellationToken cancellationToken
    )
    {
        var filter = new RunFilter(Limit: NewestRuns)
        {
            Within = [new RunReach(Repositories: null, [.. kin.Select(one => one.Name)])],
            WithoutPromotions = deployed.Promotes is null,
        };
        var newest = await runs.ListAsync(filter, cancellationToken);
        return newest.Any(run =>
            (run.Promotes is null) == (deployed.Promotes is null)
            && run.StartBegun
            && run.FinishedAt is { } ended
            && ended >= begun
        );
    }
}
