using System.Text;
using Bascule.Core.Runs;

namespace Bascule.Server.Reports;

/// <summary>What the comment of a pull request says of a plan: what would be done, so that nobody approves what they have not seen.</summary>
internal static class PlanText
{
    private const int MaxBytes = 8000;

    /// <summary>Of a plan that has as many lines or fewer, nothing is folded away while there is something to decide.</summary>
    private const int Few = 12;

    public static void Append(StringBuilder text, Run run)
    {
        if (run.PlanSummary is not { } summary)
            return;
        var isOpen = !run.StartBegun && summary.Count(character => character == '\n') < Few;
        text.Append(
            $"\n<details{(isOpen ? " open" : "")}><summary>{(run.StartBegun ? "What was planned" : "Plan")}</summary>\n\n"
        );
        text.Append($"{Markdown.Block(summary, MaxBytes)}\n\n</details>\n");
    }
}
