using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Runs;

namespace Bascule.Server.Approvals;

/// <param name="Held">What to store when the run may not start; null when it may.</param>
/// <param name="Beside">What to store in the transaction that starts it.</param>
internal sealed record GateAnswer(IReadOnlyList<Change>? Held, IReadOnlyList<Change> Beside);

/// <summary>
/// The last look before a run starts: what was approved is counted again from the database, the plan is made again, and reviews are read again. Only then
/// does anything go out. A run that does not pass waits again.
/// </summary>
internal sealed class ApprovalGate(
    ApprovalStates states,
    ApprovalFlow flow,
    ReviewReader reviews,
    ContentProof proof,
    TimeProvider time
)
{
    public async Task<Result<GateAnswer>> AskAsync(Run run, RunContext context, CancellationToken cancellationToken)
    {
        var held = await HoldAsync(run, context, cancellationToken);
        if (held.Failed(out var unasked))
            return unasked;
        if (held.Value is not null)
            return new GateAnswer(held.Value, []);
        if (await proof.FindAsync(run, cancellationToken) is not { } found)
            return new GateAnswer(null, []);
        var isApproved = states.RuleOf(run) is not null;
        if (found.Failed(out var unknown))
            return isApproved || !unknown.IsTransient ? Unproven(run, isApproved, unknown.Message) : unknown;
        return found.Value.By is { } by
            ? new GateAnswer(null, proof.Note(run, by))
            : Unproven(run, isApproved, found.Value.Because);
    }

    /// <summary>Where people approve, what they approved is proven by that.</summary>
    private GateAnswer Unproven(Run run, bool isApproved, string because)
    {
        if (isApproved)
            return new GateAnswer(null, []);
        var refusal = ContentProof.Deny(run, because);
        return new GateAnswer(flow.End(run, RunState.Refused, $"{refusal.Rule}: {refusal.Reason}"), []);
    }

    /// <summary>Null when the run may start; else what to store, and it does not.</summary>
    private async Task<Result<IReadOnlyList<Change>?>> HoldAsync(
        Run run,
        RunContext context,
        CancellationToken cancellationToken
    )
    {
        if (run.OnMerge)
            return Result.Of<IReadOnlyList<Change>?>(
                flow.End(run, RunState.Refused, "is only a plan, and never starts")
            );
        if (states.RuleOf(run) is not { } rule)
            return Result.Of<IReadOnlyList<Change>?>(null);
        var planned = await context.Steps.PlanAsync(cancellationToken);
        if (planned.Failed(out var unplanned))
            return unplanned;
        if (await states.ReadAsync(run, cancellationToken) is not { } state)
            return Result.Of<IReadOnlyList<Change>?>(Ask(run, rule));
        if (ApprovedThing.DigestOf(planned.Value.Json) != ApprovedThing.Of(run)?.PlanDigest)
            return Result.Of<IReadOnlyList<Change>?>(Replan(run, rule, state, planned.Value));
        if (state.BreakGlass?.LetsGo(ApprovedThing.Of(run), time.GetUtcNow()) == true)
            return Result.Of<IReadOnlyList<Change>?>(null);
        return await CountAsync(run, rule, state, cancellationToken);
    }

    private async Task<Result<IReadOnlyList<Change>?>> CountAsync(
        Run run,
        EnvironmentRule rule,
        ApprovalState state,
        CancellationToken cancellationToken
    )
    {
        var gone = await reviews.FindGoneAsync(run, state.Standing.Counting, cancellationToken);
        if (gone.Failed(out var unread))
            return unread;
        if (state.Standing.IsApproved && gone.Value.Count == 0)
            return Result.Of<IReadOnlyList<Change>?>(null);
        var left = state.Given.Where(given => gone.Value.All(review => review.Approval.Uid != given.Uid)).ToList();
        var standing = await states.CountAsync(run, rule, state.Request, left, cancellationToken);
        if (standing.IsApproved && gone.Value.Count == 0)
            return Result.Of<IReadOnlyList<Change>?>(null);
        return Result.Of<IReadOnlyList<Change>?>([
            .. gone.Value.SelectMany(review => flow.Void(run, [review.Approval], review.Because)),
            .. standing.IsApproved
                ? [RunWork.Start(run, time.GetUtcNow())]
                : Hold(run, rule, state.Request, standing, "its approvals do not count any more"),
        ]);
    }

    /// <summary>It was queued before its environment asked for approvals.</summary>
    private IReadOnlyList<Change> Ask(Run run, EnvironmentRule rule)
    {
        var now = time.GetUtcNow();
        var request = new ApprovalRequest(run.Id, 1, 0, now, now + rule.Approvals!.Within);
        var none = new ApprovalStanding(rule.Approvals.Required, [], [], rule.DemandsProven);
        var placed = ApprovalFlow.Place(run, none, rule.Approvals);
        return
        [
            new AddApprovalRequest(request),
            new SaveRun(placed),
            flow.Note(run, placed.Reason!),
            .. ApprovalFlow.Await(placed, rule.Approvals, request, now),
            .. Reports.ReportWork.For(placed, now),
        ];
    }

    private IReadOnlyList<Change> Replan(
        Run run,
        EnvironmentRule rule,
        ApprovalState state,
        Core.Platforms.PlatformPlan plan
    )
    {
        var changed = run with
        {
            Plan = plan.Json,
            PlanDigest = Reports.ReportedForge.DigestOf(plan.Json),
            Target = plan.Target,
            HoldsAlone = plan.HoldsAlone,
        };
        var request = state.Request with { Generation = state.Request.Generation + 1 };
        var none = new ApprovalStanding(rule.Approvals!.Required, [], [], rule.DemandsProven);
        const string because = "the plan is another one now";
        return [.. flow.Void(run, state.Given, because), .. Hold(changed, rule, request, none, because)];
    }

    private IReadOnlyList<Change> Hold(
        Run run,
        EnvironmentRule rule,
        ApprovalRequest request,
        ApprovalStanding standing,
        string because
    )
    {
        var now = time.GetUtcNow();
        var expires = now + rule.Approvals!.Within;
        var placed = ApprovalFlow.Place(run, standing, rule.Approvals) with { State = RunState.AwaitingApproval };
        request = request with { ExpiresAt = expires };
        return
        [
            new SaveApprovalRequest(request),
            new SaveRun(placed),
            new LeaveLine(run.Id),
            flow.Note(run, $"{because}; {placed.Reason}"),
            .. ApprovalFlow.Await(placed, rule.Approvals, request, now),
            .. Reports.ReportWork.For(placed, now),
        ];
    }
}
