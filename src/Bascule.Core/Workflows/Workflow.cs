using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Core.Settings;

namespace Bascule.Core.Workflows;

/// <summary>What one commit's <c>.bascule.yaml</c> declares.</summary>
/// <param name="Workflows">In file order; names are unique.</param>
public sealed record WorkflowFile(IReadOnlyList<Workflow> Workflows)
{
    /// <summary>Where it stands in a repository.</summary>
    public const string Path = ".bascule.yaml";

    /// <summary>What is read of it at most, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;
}

/// <summary>A piece of a repository, when it runs, and what runs where.</summary>
public sealed record Workflow
{
    public required string Name { get; init; }

    /// <summary>A folder relative to the repository, without a slash at its ends; empty for the whole repository.</summary>
    public string Root { get; init; } = "";

    public PushTrigger? Push { get; init; }
    public PullRequestTrigger? PullRequest { get; init; }

    /// <summary>The kind of its one platform block, e.g. databricks.</summary>
    public required string PlatformKind { get; init; }
    public required PlatformTask Task { get; init; }
    public ReportRules Report { get; init; } = ReportRules.None;

    public ScheduleTrigger? Schedule { get; init; }
    public Concurrency Concurrency { get; init; } = Concurrency.Unchanged;

    /// <summary>All of the declaration as canonical JSON, part of the content id: comments and layout are not in it.</summary>
    public required string Definition { get; init; }
}

/// <param name="Branches">At least one.</param>
/// <param name="Paths">Relative to the repository; empty for anything under the root.</param>
/// <param name="Environment">Where it runs, if the server grants it.</param>
public sealed record PushTrigger(IReadOnlyList<Glob> Branches, IReadOnlyList<Glob> Paths, string Environment);

/// <param name="Branches">Base branches, at least one.</param>
/// <param name="Paths">Relative to the repository; empty for anything under the root.</param>
/// <param name="Environment">Null for a plan only.</param>
public sealed record PullRequestTrigger(IReadOnlyList<Glob> Branches, IReadOnlyList<Glob> Paths, string? Environment);

/// <summary>When the tip of a branch runs whether it moved or not.</summary>
/// <param name="Cron">Five fields, as written: minute, hour, day of month, month, day of week.</param>
/// <param name="TimeZone">An IANA name.</param>
/// <param name="Branch">Its own file must say so: a schedule for another branch counts for nothing.</param>
/// <param name="Environment">Where it runs, if the server grants it.</param>
public sealed record ScheduleTrigger(string Cron, string TimeZone, RefName Branch, string Environment);

/// <summary>What a workflow says about runs of itself beside each other.</summary>
/// <param name="MaxRunning">Null for what the environment allows; the smaller of both holds.</param>
/// <param name="CancelInProgress">A newer run of the same ref stops the one that runs.</param>
public sealed record Concurrency(int? MaxRunning, bool CancelInProgress)
{
    public static Concurrency Unchanged { get; } = new(MaxRunning: null, CancelInProgress: false);
}

/// <param name="Metrics">The metrics to show, by name.</param>
/// <param name="Require">Those of them that may not be worse than before.</param>
public sealed record ReportRules(IReadOnlyDictionary<string, MetricRule> Metrics, IReadOnlyList<string> Require)
{
    public static ReportRules None { get; } = new(new Dictionary<string, MetricRule>(StringComparer.Ordinal), []);
}
