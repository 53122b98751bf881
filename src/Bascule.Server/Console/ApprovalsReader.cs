using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Access;

namespace Bascule.Server.Console;

/// <summary>Reads how approvals stand, and what of it is whose turn. Changes nothing.</summary>
internal sealed class ApprovalsReader(
    IApprovals approvals,
    IRunStore runs,
    RoleRules roles,
    Sight sight,
    TimeProvider time
)
{
    private const int MostCounted = 100;

    /// <summary>Null for a run that asks for none.</summary>
    public async Task<ApprovalView?> ReadAsync(Run run, Actor actor, RunActs acts, CancellationToken cancellationToken)
    {
        if (await approvals.ReadAsync(run, cancellationToken) is not { } state)
            return null;
        var view = new ApprovalView(run, state, [], actor, acts);
        if (actor.Subject is null || !(view.Waits || view.AsksForASecondLook))
            return view;
        var checks = await approvals.ExplainAsync(run.Id, actor, cancellationToken);
        return checks.Problem is null ? view with { Checks = checks.Value } : view;
    }

    public async Task<ApprovalsView> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        var (mine, others) = (new List<WaitingRow>(), new List<WaitingRow>());
        var within = await sight.RunsAsync(actor, cancellationToken);
        foreach (var waiting in await approvals.ListWaitingAsync(actor, within, cancellationToken))
        {
            var scope = await sight.OfAsync(waiting.Run, actor, Act.ApproveRun, cancellationToken);
            var (turn, because) = Judge(waiting, actor, roles.Decide(actor, Act.ApproveRun, scope));
            (turn is ApprovalTurn.Open or ApprovalTurn.SignInAgain ? mine : others).Add(
                new WaitingRow(waiting.Run, waiting.State, because)
            );
        }
        return new ApprovalsView(mine, others, actor.Subject is not null, time.GetUtcNow());
    }

    /// <summary>How many wait for an approval that the actor's role lets them give. The other rules are not asked: every page shows this.</summary>
    public async Task<int> CountAsync(Actor actor, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(State: RunState.AwaitingApproval, Limit: MostCounted)
        {
            Within = await sight.RunsAsync(actor, Act.ApproveRun, cancellationToken),
        };
        return (await runs.ListAsync(filter, cancellationToken)).Count;
    }

    private static (ApprovalTurn Turn, IReadOnlyList<string> Because) Judge(
        WaitingApproval waiting,
        Actor actor,
        RoleDecision role
    )
    {
        if (actor.Subject is null)
            return (ApprovalTurn.NoPerson, []);
        if (!role.IsAllowed)
            return (ApprovalTurn.NoRole, [role.Reason]);
        return (
            ApprovalView.TurnOf(waiting.Run, waiting.Checks),
            [.. waiting.Checks.Where(check => !check.Passed).Select(check => check.Fact)]
        );
    }
}
