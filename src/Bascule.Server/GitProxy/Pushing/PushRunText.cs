using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Text;
using Bascule.Server.Approvals;
using Bascule.Server.Identity;
using Bascule.Server.Reports;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>How a terminal is told of a run: what it will do when it is first seen, then one line for each turn it takes.</summary>
internal sealed class PushRunText(RunLinks links, IssuerAddress address)
{
    private const int DigestShown = 12;

    /// <summary>Of a plan, in a terminal.</summary>
    private const int MostLines = 20;

    public IEnumerable<string> Begin(RunReport report)
    {
        var run = report.Run;
        foreach (var line in Turn(report))
            yield return line;
        if (run.PlanDigest is { } digest)
            yield return $"  plan {digest[..DigestShown]}{(run.Target is { } target ? $", for {target}" : "")}";
        var summary = run.PlanSummary?.Split('\n') ?? [];
        foreach (var line in summary.Take(MostLines))
            yield return $"    {line}";
        if (summary.Length > MostLines)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"    and {summary.Length - MostLines} more lines"
            );
        yield return $"  {links.PageOf(run.Id)}";
    }

    public IEnumerable<string> Next(RunReport report)
    {
        var run = report.Run;
        foreach (var line in Turn(report))
            yield return line;
        if (run.State == RunState.Started && WebAddress.Of(run.PlatformPage) is { } page)
            yield return $"  on the platform: {page}";
        foreach (var metric in report.Metrics)
            yield return $"  {metric.Name} {Words.Number(metric.Value)}{Beside(metric, report.BaseBranch)}";
        foreach (var model in report.Models)
            yield return $"  model {model.Name} version {model.Version}";
    }

    public Uri RunsOf(CommitId commit) => new($"{address.Url.ToString().TrimEnd('/')}/runs?commit={commit}");

    public static string Name(Run run) =>
        run.Workflow
        + (run.Environment is { } environment ? $" in {environment}" : "")
        + (run.OnMerge ? " when merged" : "");

    /// <summary>One line, and one more for each further line of its reason.</summary>
    private static IEnumerable<string> Turn(RunReport report)
    {
        var state = Words.State(report);
        var time = report.Run.IsFinal && Words.Duration(report.Run) is { } duration ? $" in {duration}" : "";
        var why = (Why(report) ?? "").Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );
        var first = why is [var reason, ..] && reason != state ? $": {reason}" : "";
        return [$"Bascule: {Name(report.Run)}: {state}{time}{first}", .. why.Skip(1).Select(line => "  " + line)];
    }

    private static string? Why(RunReport report) =>
        report switch
        {
            { Run.State: RunState.AwaitingApproval, Approvals: { } approvals } => ApprovalWords.Waits(
                approvals.Standing,
                approvals.Policy
            ),
            { Run.State: RunState.Succeeded } => report.Run.Shortfall,
            _ => report.Run.Reason,
        };

    private static string Beside(ComparedMetric metric, string? branch) =>
        branch is null || metric.Base is not { } former
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $" ({branch} {Words.Number(former)}{Verdict(metric.Verdict)})"
            );

    private static string Verdict(MetricVerdict? verdict) =>
        verdict switch
        {
            MetricVerdict.Better => ", better",
            MetricVerdict.Worse => ", worse",
            MetricVerdict.Same => ", same",
            _ => "",
        };
}
