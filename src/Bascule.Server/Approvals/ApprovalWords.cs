using System.Globalization;
using Bascule.Core.Approvals;
using Bascule.Core.Runs;

namespace Bascule.Server.Approvals;

/// <summary>What a run says of its approvals, the same on every page, forge and terminal.</summary>
internal static class ApprovalWords
{
    public const string Step = "approval";

    public static string Waits(ApprovalStanding standing, ApprovalPolicy policy)
    {
        var from = string.Join(" or ", policy.From);
        if (standing.Missing == 0)
            return $"waits for proof: one approval has to be given at Bascule, by {from}, or the commit be signed with a confirmed key";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"waits for approval: {standing.Counting.Count} of {standing.Required}, from {from}"
        );
    }

    public static string Approved(Run run, ApprovalStanding standing)
    {
        var count = standing.Counting.Count == 1 ? "1 approval" : $"{standing.Counting.Count} approvals";
        return run.OnMerge ? $"approved ({count}); the merge runs it" : $"approved ({count})";
    }

    /// <summary>How many digits of a plan's digest people are shown, and must at least give.</summary>
    public const int DigestShown = 12;

    /// <summary>Says yes to this plan alone, whatever the run has become until it is typed.</summary>
    public static string Command(Run run) =>
        run.PlanDigest is { } digest
            ? $"bascule run approve {run.Id} --plan {digest[..DigestShown]}"
            : $"bascule run approve {run.Id}";
}
