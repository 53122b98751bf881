using System.Globalization;
using System.Text;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Notebooks;

namespace Bascule.Server.Reports;

/// <summary>Writes the one comment of a pull request: every workflow in it, newest state, edited in place.</summary>
internal sealed class CommentText(RunLinks links)
{
    private const int MaxLogBytes = 2500;

    /// <summary>Of characters: findings in many files are named there, each with its line.</summary>
    private const int MaxReason = 4000;
    private const int MaxModels = 5;

    /// <summary>By this Bascule finds its own comment again; forges do not show it.</summary>
    public static string Marker(long number) => $"<!-- bascule:pull:{number} -->";

    /// <param name="heads">Runs of the pull request's current head.</param>
    /// <param name="merges">Runs of the commit that merged it.</param>
    /// <param name="notebooks">What the head changes in them; null where nobody looked.</param>
    /// <param name="forgery">The last status in Bascule's name that another account wrote on it; null when nobody did.</param>
    public string Write(
        PullRequest pullRequest,
        IReadOnlyList<RunReport> heads,
        IReadOnlyList<RunReport> merges,
        Forgery? forgery = null,
        NotebookChanges? notebooks = null
    )
    {
        var text = new StringBuilder();
        text.Append(Marker(pullRequest.Number)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"### Bascule {Headline(heads, merges)}\n");
        if (forgery is not null)
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n⚠️ **Forged status.** Account {forgery.CreatorId}, which is not Bascule's, wrote {Markdown.Code(forgery.Context)} as {Markdown.Code(forgery.Word)} on {Markdown.Code(forgery.Commit.Short)}. Bascule noticed {ApprovalText.Time(forgery.At)} and put it right.\n"
            );
        foreach (var report in heads)
            Append(text, report, heading: "");
        if (heads.Count == 0)
            text.Append("\nNo workflow of this repository asks for a run on this pull request.\n");
        NotebookText.Append(text, notebooks ?? NotebookChanges.None);
        foreach (var report in merges)
        {
            Append(text, report, $"Merged as {Markdown.Code(report.Run.Commit.Short)}: ");
            if (DiffersFromApproved(report.Run, heads))
                text.Append(
                    "\nThe merge made something else than what was approved here, so that approval does not stand for it.\n"
                );
        }
        return text.ToString();
    }

    private static string Headline(IReadOnlyList<RunReport> heads, IReadOnlyList<RunReport> merges)
    {
        var current = merges.Count > 0 ? merges : heads;
        var worst = current.OrderByDescending(report => Severity(report.Run)).FirstOrDefault();
        return worst is null ? "⚪ nothing to run" : $"{Words.Sign(worst.Run)} {Words.State(worst)}";
    }

    /// <summary>Somebody else's changes came in between, or the merge was not made as it was planned (THREATS T105).</summary>
    private static bool DiffersFromApproved(Run merge, IReadOnlyList<RunReport> heads) =>
        merge.State == RunState.AwaitingApproval
        && heads.Any(head =>
            head.Run.Workflow == merge.Workflow
            && head.Run.Environment == merge.Environment
            && head.Approvals?.Given.Any(approval => !approval.IsVoid) == true
            && head.Run.Content != merge.Content
        );

    private static int Severity(Run run) =>
        run.State switch
        {
            RunState.Failed or RunState.Refused => 3,
            RunState.Succeeded => run.IsGood ? 0 : 3,
            _ => run.IsFinal ? 1 : 2,
        };

    private void Append(StringBuilder text, RunReport report, string heading)
    {
        var run = report.Run;
        var where = run.Environment is { } environment ? $" in {Markdown.Code(environment)}" : "";
        if (run.OnMerge)
            where += " when merged";
        if (run.Promotes is { } order)
            where +=
                $", version {Markdown.Code(order.Version ?? "-")} of {Markdown.Code(order.Model)} to {Markdown.Code(order.Alias)}";
        var duration = Words.Duration(run) is { } time ? $" in {time}" : "";
        text.Append(
            $"\n#### {heading}{Markdown.Code(run.Workflow)}{where}: {Words.Sign(run)} {Words.State(report)}{duration}\n\n"
        );
        text.Append($"Commit {Markdown.Code(run.Commit.Short)} · [run {run.Id}]({links.PageOf(run.Id)})");
        if (WebAddress.Of(run.PlatformPage) is { } page)
            text.Append($" · [on the platform]({Markdown.Destination(page)})");
        text.Append('\n');
        if (report.RolledBackBecause is { } because)
            text.Append($"\n↩️ **Rolled back** since: {Markdown.Sentence(because)}\n");
        if (run is { IsTrainedOnce: true, Promotes: { } instead })
            text.Append($"\n♻️ {Markdown.Sentence(instead.InsteadWords)}\n");
        ApprovalText.Append(text, report, links.PageOf(run.Id));
        if (run.Reason is { } reason && run.State != RunState.Succeeded && !SaysSo(report))
            AppendReason(text, reason);
        if (run.Shortfall is { } shortfall)
            text.Append($"\n**Not good enough:** {Markdown.Sentence(shortfall)}\n");
        PlanText.Append(text, run);
        MetricText.Append(text, report, links);
        foreach (var model in report.Models.Take(MaxModels))
            text.Append($"\nModel {Markdown.Code(model.Name)} version {Markdown.Code(model.Version)}\n");
        if (report.Log is { Length: > 0 } log)
            text.Append(
                $"\n<details><summary>End of the log</summary>\n\n{Markdown.Block(log, MaxLogBytes)}\n\n</details>\n"
            );
    }

    private static void AppendReason(StringBuilder text, string reason)
    {
        var (head, points) = Points.Read(reason);
        text.Append($"\n{Markdown.Sentence(head, MaxReason)}\n");
        if (points.Count == 0)
            return;
        text.Append('\n');
        var room = MaxReason;
        foreach (var point in points.TakeWhile(point => (room -= point.Length) > 0))
            text.Append($"- {Markdown.Sentence(point, MaxReason)}\n");
        if (room <= 0)
            text.Append("- …\n");
    }

    /// <summary>The lines about approvals say it in more words.</summary>
    private static bool SaysSo(RunReport report) =>
        report is { Approvals: not null, Run.State: RunState.AwaitingApproval or RunState.Planned };
}
