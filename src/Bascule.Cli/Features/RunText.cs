using System.Globalization;
using System.Text;
using Bascule.Core.Api;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Text;

namespace Bascule.Cli.Features;

/// <summary>Runs as people read them in a terminal. What others wrote has been cleaned by the server and is cleaned again here (THREATS T76).</summary>
internal static class RunText
{
    public static string List(RunList list)
    {
        if (list.Runs.Count == 0)
            return "No runs yet. Push to a connected repository, or see: bascule doctor";
        string[] header = ["RUN", "STATE", "WORKFLOW", "ENVIRONMENT", "REPOSITORY", "REF", "COMMIT", "CREATED (UTC)"];
        var rows = list.Runs.Select(run =>
            new[]
            {
                run.Id,
                run.State.Word(),
                Cut(run.Workflow, 24),
                run.Environment ?? "plan only",
                Cut(run.Repository, 32),
                Cut(run.PullRequest is { } number ? $"pull request {number}" : Short(run.Ref), 28),
                run.Commit[..8],
                Time(run.CreatedAt),
            }
        );
        return Table([header, .. rows]);
    }

    public static string Detail(RunDetail detail)
    {
        var run = detail.Run;
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"run          {run.Id}");
        text.AppendLine(CultureInfo.InvariantCulture, $"state        {run.State.Word()}");
        if (run.Reason is { } reason)
            AppendReason(text, reason);
        if (detail.Shortfall is { } shortfall)
            text.AppendLine(CultureInfo.InvariantCulture, $"falls short  {PlainText.Line(shortfall, 1000)}");
        AppendReproduction(text, detail.Reproduction);
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"workflow     {run.Workflow} in {run.Environment ?? "no environment (plan only)"}{(run.OnMerge ? ", when its pull request is merged" : "")}"
        );
        if (run.Promotes is { } promotes)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"promotes     {PlainText.Line(promotes.Model, 200)} version {PlainText.Line(promotes.Version ?? "none", 40)} to {promotes.Alias}{(promotes.Producer is { } producer ? $", produced by run {producer}" : "")}"
            );
        text.AppendLine(CultureInfo.InvariantCulture, $"repository   {run.Forge}:{run.Repository}");
        text.AppendLine(CultureInfo.InvariantCulture, $"ref          {run.Ref}");
        text.AppendLine(CultureInfo.InvariantCulture, $"commit       {run.Commit} {Cut(run.CommitSubject, 80)}");
        if (run.PlatformRunId is { } platformRun)
            text.AppendLine(CultureInfo.InvariantCulture, $"platform run {platformRun} {run.PlatformPage}");
        foreach (var metric in detail.Metrics)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"metric       {metric.Name} {metric.Value}{Against(metric, detail.Promoted?.Alias)}"
            );
        foreach (var model in run.Models)
            text.AppendLine(CultureInfo.InvariantCulture, $"model        {model.Name} version {model.Version}");
        AppendApprovals(text, detail);
        foreach (var line in detail.PlanSummary)
            text.AppendLine(CultureInfo.InvariantCulture, $"plan         {PlainText.Line(line, 300)}");
        text.AppendLine();
        foreach (var entry in detail.Timeline)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{Time(entry.At)}  {entry.Step, -9}  {PlainText.Line(entry.Text, 300)}"
            );
        if (detail.Log is { Length: > 0 } log)
            text.AppendLine().AppendLine("end of the log:").AppendLine(PlainText.Block(log, 16 * 1024));
        return text.ToString().TrimEnd();
    }

    private static void AppendReason(StringBuilder text, string reason)
    {
        var (head, points) = Points.Read(reason);
        text.AppendLine(CultureInfo.InvariantCulture, $"reason       {PlainText.Line(head, 1000)}");
        foreach (var point in points)
            text.AppendLine(CultureInfo.InvariantCulture, $"             - {PlainText.Line(point, 1000)}");
    }

    private static void AppendReproduction(StringBuilder text, ReproductionRecord? reproduction)
    {
        if (reproduction is null)
            return;
        var outcome = reproduction.Outcome switch
        {
            ReproductionOutcome.Reproduced => "reproduced",
            ReproductionOutcome.Differs => "differs",
            _ => "not compared yet",
        };
        text.AppendLine(CultureInfo.InvariantCulture, $"reproduces   run {reproduction.Of}: {outcome}");
        foreach (var line in reproduction.Differences)
            text.AppendLine(CultureInfo.InvariantCulture, $"             - {PlainText.Line(line, 300)}");
        foreach (var line in reproduction.Unpinned)
            text.AppendLine(CultureInfo.InvariantCulture, $"not pinned   {PlainText.Line(line, 300)}");
    }

    private static void AppendApprovals(StringBuilder text, RunDetail detail)
    {
        if (detail.Approvals is not { } approvals)
            return;
        var from = string.Join(" or ", approvals.From.Select(selector => PlainText.Line(selector, 200)));
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"approvals    {approvals.Required - approvals.Missing} of {approvals.Required}, from {from}"
        );
        foreach (var given in approvals.Given)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {(given.Counts ? "yes" : "void")} {PlainText.Line(given.Name, 60)} {Time(given.At)}{(given.Because is { } because ? $": {PlainText.Line(because, 300)}" : "")}"
            );
        if (approvals.BreakGlass is { } act)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"BREAK-GLASS  by {PlainText.Line(act.Name, 60)} {Time(act.At)}: {PlainText.Line(act.Reason, 300)}; {(act.ReviewedBy is { } who ? $"looked at by {PlainText.Line(who, 60)}" : $"to be looked at by somebody else until {Time(act.ReviewBy)}")}"
            );
        if (detail.Run.State == RunState.AwaitingApproval)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  until {Time(approvals.ExpiresAt)} UTC; to approve: bascule run approve {detail.Run.Id}{(detail.PlanDigest is { } digest ? $" --plan {digest[..12]}" : "")}"
            );
    }

    public static string Progress(RunDetail detail)
    {
        var run = detail.Run;
        var reason = run.Reason is null ? "" : $": {PlainText.Line(run.Reason, 200)}";
        return $"{Time(DateTimeOffset.UtcNow)}  {run.Id}  {run.State.Word()}{reason}";
    }

    /// <param name="alias">What leads to the version that is promoted now.</param>
    private static string Against(MetricRecord metric, string? alias)
    {
        string?[] beside =
        [
            Beside("base", metric.Base, metric.Verdict),
            Beside(alias ?? "promoted", metric.Promoted, metric.PromotedVerdict),
        ];
        var said = string.Join("; ", beside.OfType<string>());
        return said.Length == 0 ? "" : $" ({said})";
    }

    private static string? Beside(string what, double? value, MetricVerdict? verdict) =>
        value is null
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{what} {value}{(verdict is null ? "" : $", {verdict.ToString()!.ToLowerInvariant()}")}"
            );

    private static string Short(string name) => RefName.TryParse(name, out var parsed) ? parsed.ShortName : name;

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Cut(string text, int max) =>
        PlainText.Line(text, max + 1) is { } line && line.Length > max
            ? line[..(max - 1)] + "…"
            : PlainText.Line(text, max);

    private static string Table(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        return string.Join(
            '\n',
            rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd())
        );
    }
}
