using Bascule.Core.Approvals;
using Bascule.Core.Deployments;
using Bascule.Core.Runs;
using Bascule.Server.Approvals;

namespace Bascule.Server.Reports;

/// <summary>A run with what a report says about it.</summary>
/// <param name="Metrics">In the order to show them, beside the base's values where there are any.</param>
/// <param name="BaseBranch">What the base values belong to; null when there are none.</param>
/// <param name="Log">The tail, only of a failed run.</param>
internal sealed record RunReport(
    Run Run,
    IReadOnlyList<ComparedMetric> Metrics,
    string? BaseBranch,
    IReadOnlyList<ModelVersion> Models,
    string? Log
)
{
    /// <summary>Which version the metrics stand beside as well; null for none, and where it is the base's own.</summary>
    public PromotedVersion? Promoted { get; init; }

    /// <summary>Null when the run needs no approval.</summary>
    public ApprovalState? Approvals { get; init; }

    /// <summary>Why the commit was rolled back where the run deployed it; null when it was not.</summary>
    public string? RolledBackBecause { get; init; }

    /// <summary>Approvals of the run before it on the same ref that are void now; empty when the run needs none.</summary>
    public IReadOnlyList<LostApproval> Lost { get; init; } = [];
}

/// <summary>An approval that does not count any more, and whose.</summary>
internal sealed record LostApproval(Approval Approval, string Name);

/// <summary>Gathers what reports say, from the database and the workflow file that the run was judged by.</summary>
internal sealed class RunReports(
    IRunStore runs,
    RunComparisons comparisons,
    ApprovalStates states,
    IApprovalStore approvals,
    IDeploymentStore deployments
)
{
    private const int MaxMetrics = 20;
    private const int LatestInLane = 20;

    public async Task<RunReport> ReadAsync(Run run, CancellationToken cancellationToken)
    {
        var comparison = await comparisons.CompareAsync(run, cancellationToken);
        var state = await states.ReadAsync(run, cancellationToken);
        return new RunReport(
            run,
            Order(comparison.Metrics),
            comparison.Base is null ? null : comparison.Branch?.ShortName,
            await runs.ReadModelsAsync(run.Id, cancellationToken),
            run.State == RunState.Failed ? await runs.ReadLogAsync(run.Id, cancellationToken) : null
        )
        {
            Promoted = comparison.Promoted,
            Approvals = state,
            RolledBackBecause = await ReadBlockAsync(run, cancellationToken),
            Lost = state is null ? [] : await ReadLostAsync(run, cancellationToken),
        };
    }

    private async Task<string?> ReadBlockAsync(Run run, CancellationToken cancellationToken) =>
        run is { Environment: { } environment, OnMerge: false, State: RunState.Succeeded }
            ? (
                await deployments.FindBlockAsync(
                    new DeployPlace(run.Repository, environment),
                    run.Commit,
                    cancellationToken
                )
            )?.Because
            : null;

    private async Task<IReadOnlyList<LostApproval>> ReadLostAsync(Run run, CancellationToken cancellationToken)
    {
        var lane = await approvals.ListLaneAsync(
            run.Repository,
            run.Ref,
            run.Workflow,
            run.Environment!,
            LatestInLane,
            cancellationToken
        );
        if (lane.SkipWhile(other => other.Id != run.Id).Skip(1).FirstOrDefault() is not { } before)
            return [];
        if (await states.ReadAsync(before, cancellationToken) is not { } state)
            return [];
        return
        [
            .. state
                .Given.Where(approval => approval.IsVoid)
                .Select(approval => new LostApproval(
                    approval,
                    state.Names.GetValueOrDefault(approval.PersonUid, approval.PersonUid)
                )),
        ];
    }

    /// <summary>Those that the workflow names first, then the others by name; a long list is cut.</summary>
    private static List<ComparedMetric> Order(IReadOnlyList<ComparedMetric> metrics) =>
        [
            .. metrics
                .OrderByDescending(metric => metric.Goal is not null)
                .ThenBy(metric => metric.Name, StringComparer.Ordinal)
                .Take(MaxMetrics),
        ];
}
