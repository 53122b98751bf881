using Bascule.Core.Runs;

namespace Bascule.Core.Approvals;

/// <summary>Decides whether somebody may let a run go without its approvals (THREATS T108). Not being the author is not asked: that is what the second look is for.</summary>
public static class BreakGlassRules
{
    private const int ShortestReason = 10;
    private const int LongestReason = 1000;

    private static readonly string[] SameAsForApprovals = [ApprovalRules.PersonRule, ApprovalRules.RetiredRule];

    public static IReadOnlyList<ApprovalCheck> Check(ApprovalFacts facts, string reason) =>
        [
            new(
                $"{facts.Key}.break_glass",
                facts.Policy.BreakGlass
                    ? $"environment '{facts.Run.Environment}' allows it"
                    : $"environment '{facts.Run.Environment}' does not allow it; ask for approvals",
                facts.Policy.BreakGlass
            ),
            new(
                "approvals.waits",
                $"the run is {facts.Run.State.Word()}",
                facts.Run is { State: RunState.AwaitingApproval, OnMerge: false }
            ),
            .. ApprovalRules
                .Check(facts)
                .Where(check =>
                    SameAsForApprovals.Contains(check.Rule) || check.Rule == ApprovalRules.FreshRule(facts.Run)
                ),
            new(
                "approvals.reason",
                $"a reason has {ShortestReason} to {LongestReason} characters; say what is broken and what would happen without this run",
                reason.Trim().Length is >= ShortestReason and <= LongestReason
            ),
        ];
}
