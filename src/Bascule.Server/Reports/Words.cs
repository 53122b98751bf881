using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Server.Reports;

/// <summary>How reports say states, durations and numbers: the same everywhere.</summary>
internal static class Words
{
    public static string State(Run run) =>
        run switch
        {
            { OnMerge: true, State: RunState.Planned } => "approved",
            { IsPlanOnly: true, State: RunState.Planned } => "planned only",
            { State: RunState.AwaitingApproval } => "awaiting approval",
            { State: RunState.Started } => "running",
            { Shortfall: not null } => "succeeded, but not good enough",
            _ => run.State.ToString().ToLowerInvariant(),
        };

    /// <summary>Of what is planned for the merge, only what asks for approvals can be approved.</summary>
    public static string State(RunReport report) =>
        report is { Approvals: null, Run: { OnMerge: true, State: RunState.Planned } } ? "planned" : State(report.Run);

    /// <summary>The state with its reason, for a line that has no other place for it.</summary>
    public static string Whole(Run run) =>
        run switch
        {
            { State: RunState.AwaitingApproval, Reason: { } waits } => waits,
            { Shortfall: { } shortfall } => $"succeeded, but {shortfall}",
            { State: RunState.Succeeded or RunState.Queued } or { Reason: null } => State(run),
            _ => $"{State(run)}, {run.Reason}",
        };

    /// <summary>Why nothing of this pull request stands in the way of its merge.</summary>
    public static string Ready(PullRequest pullRequest, IReadOnlyList<Run> runs) =>
        pullRequest.FromFork ? "a head from a fork is only planned; what its merge runs is decided then"
        : runs.Count == 0 ? "nothing to run"
        : $"ready: {string.Join(", ", runs.Select(run => run.Workflow).Order(StringComparer.Ordinal))}";

    public static string Sign(Run run) =>
        run.State switch
        {
            RunState.Succeeded => run.IsGood ? "✅" : "❌",
            RunState.Planned when run.OnMerge => "✅",
            RunState.AwaitingApproval => "✋",
            RunState.Failed or RunState.Refused => "❌",
            RunState.Canceled or RunState.Superseded => "⚪",
            _ => run.IsFinal ? "⚪" : "⏳",
        };

    public static string? Duration(Run run) =>
        run is { StartedAt: { } started, FinishedAt: { } finished } ? Duration(finished - started) : null;

    public static string Duration(TimeSpan duration) =>
        duration.TotalSeconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s")
        : duration.TotalMinutes < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalMinutes} min {duration.Seconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalHours} h {duration.Minutes} min");

    /// <summary>Five significant digits: enough to compare, short enough to read.</summary>
    public static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    public static string Difference(double value, double former) =>
        (value - former).ToString("+0.####;-0.####;0", CultureInfo.InvariantCulture);
}
