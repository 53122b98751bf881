using System.Globalization;
using System.Text;
using Bascule.Core.Approvals;
using Bascule.Core.Runs;
using Bascule.Server.Approvals;

namespace Bascule.Server.Reports;

/// <summary>What the comment of a pull request says of approvals: who is waited for, how to approve, who did, and what became void.</summary>
internal static class ApprovalText
{
    public static void Append(StringBuilder text, RunReport report, Uri page)
    {
        if (report.Approvals is not { } state)
            return;
        var run = report.Run;
        if (run.State == RunState.AwaitingApproval)
            AppendWaiting(text, run, state, page);
        else if (run is { OnMerge: true, State: RunState.Planned })
            text.Append("\nApproved: the merge runs exactly this. A change of it asks for approval again.\n");
        foreach (var approval in state.Given)
            AppendOne(text, approval, state);
        foreach (var lost in report.Lost)
            text.Append(
                $"\n~~{Markdown.Code(lost.Name)} approved {Markdown.Code(lost.Approval.Thing.Commit.Short)}~~, void: {Markdown.Sentence(lost.Approval.VoidedBecause)}\n"
            );
        if (state.BreakGlass is { } act)
            AppendBreakGlass(text, act, state);
    }

    private static void AppendWaiting(StringBuilder text, Run run, ApprovalState state, Uri page)
    {
        var (standing, policy) = (state.Standing, state.Policy);
        var from = string.Join(" or ", policy.From.Select(selector => Markdown.Code(selector.Text)));
        var people = standing.Missing == 1 ? "1 more person" : $"{standing.Missing} more people";
        text.Append(
            standing.Missing > 0
                ? $"\n**Waits for {people}** from {from} who had no hand in it, until {Time(state.Request.ExpiresAt)}."
                : $"\n**Waits for one approval given at Bascule** by {from}, until {Time(state.Request.ExpiresAt)}: a review alone is no proof here."
        );
        if (policy.Window is { } window)
            text.Append($" Approvals are given {Markdown.Sentence(window.ToString())}.");
        text.Append(
            $"\nRead the plan and approve: [run {run.Id}]({page}), or {Markdown.Code(ApprovalWords.Command(run))}"
        );
        text.Append(
            policy.ForgeReviews && run.PullRequest is not null ? ", or approve this pull request here.\n" : ".\n"
        );
    }

    private static void AppendOne(StringBuilder text, Approval approval, ApprovalState state)
    {
        var name = Markdown.Code(state.Names.GetValueOrDefault(approval.PersonUid, approval.PersonUid));
        if (approval.IsVoid)
            text.Append($"\n~~{name} approved~~, void: {Markdown.Sentence(approval.VoidedBecause)}\n");
        else if (state.Standing.Ignored.FirstOrDefault(other => other.Approval.Uid == approval.Uid).Because is { } why)
            text.Append($"\n~~{name} approved~~, does not count: {Markdown.Sentence(why)}\n");
        else
            text.Append(
                $"\n👍 {name} approved {Time(approval.At)}{(approval.CarriedFrom is { } from ? $" (given for run {from}, which asked for the same)" : "")}\n"
            );
    }

    private static void AppendBreakGlass(StringBuilder text, BreakGlass act, ApprovalState state)
    {
        var name = Markdown.Code(state.Names.GetValueOrDefault(act.PersonUid, act.PersonUid));
        text.Append(
            $"\n🚨 **BREAK-GLASS**: {name} let this go without its approvals {Time(act.At)}: {Markdown.Sentence(act.Reason)}\n"
        );
        text.Append(
            act.ReviewedBy is { } reviewer
                ? $"\n{Markdown.Code(state.Names.GetValueOrDefault(reviewer, reviewer))} has looked at it.\n"
            : act.FlaggedAt is not null ? "\n**Nobody else has looked at it in time.**\n"
            : $"\nSomebody else has to look at it until {Time(act.ReviewBy)}: {Markdown.Code($"bascule run approve {act.Run}")}\n"
        );
    }

    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
