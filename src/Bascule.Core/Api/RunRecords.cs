using System.Text.Json;
using System.Text.Json.Serialization;
using Bascule.Core.Runs;

namespace Bascule.Core.Api;

/// <summary>A page of runs, newest first.</summary>
/// <param name="Next">The <c>before</c> of the next page; null on the last.</param>
public sealed record RunList(IReadOnlyList<RunSummary> Runs, string? Next);

/// <summary>A run as the API shows it. Text that others wrote is cleaned; everything else is as stored.</summary>
public sealed record RunSummary
{
    public required string Id { get; init; }
    public required RunState State { get; init; }

    /// <summary>Nothing more will happen.</summary>
    public required bool Final { get; init; }
    public required string Forge { get; init; }

    /// <summary>owner/name when the run was planned.</summary>
    public required string Repository { get; init; }
    public required string Workflow { get; init; }

    /// <summary>Null for a plan only.</summary>
    public string? Environment { get; init; }

    /// <summary>Only the plan of what the merge of its pull request will run there.</summary>
    public bool OnMerge { get; init; }
    public required string Ref { get; init; }
    public long? PullRequest { get; init; }
    public required string Commit { get; init; }
    public required string CommitSubject { get; init; }

    /// <summary>Whom the forge names: asserted, not proven.</summary>
    public string? By { get; init; }
    public required string Trigger { get; init; }
    public required int Ordinal { get; init; }
    public string? Reason { get; init; }
    public bool CancelRequested { get; init; }
    public string? PlatformRunId { get; init; }
    public string? PlatformPage { get; init; }
    public string? Delivery { get; init; }

    /// <summary>Of a rollback: the runs whose changes it takes back, the newest first; null for every other run.</summary>
    public IReadOnlyList<string>? RollsBack { get; init; }

    /// <summary>Of a reproduction: the run that it does over; null for every other run.</summary>
    public string? Reproduces { get; init; }

    /// <summary>Of a run that promotes a model version or goes back to one: which; null for every other run.</summary>
    public PromotesRecord? Promotes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public required IReadOnlyList<ModelRecord> Models { get; init; }
}

/// <summary>Everything about one run.</summary>
public sealed record RunDetail
{
    public required RunSummary Run { get; init; }
    public required IReadOnlyList<TimelineRecord> Timeline { get; init; }
    public required IReadOnlyList<MetricRecord> Metrics { get; init; }

    /// <summary>The run that the metrics are compared with.</summary>
    public string? BaseRun { get; init; }

    /// <summary>What is promoted now of what the workflow trains, which the metrics are compared with as well; null when nothing is.</summary>
    public PromotedRecord? Promoted { get; init; }

    /// <summary>The end of the log, at most 64 KiB.</summary>
    public string? Log { get; init; }
    public string? ContentId { get; init; }
    public string? PlanDigest { get; init; }
    public JsonElement? Plan { get; init; }

    /// <summary>What the plan would do, in lines for people; empty where there is none.</summary>
    public IReadOnlyList<string> PlanSummary { get; init; } = [];

    /// <summary>Which metric that the workflow requires became worse, in a sentence; null when none did.</summary>
    public string? Shortfall { get; init; }

    /// <summary>Null for a run that is no reproduction.</summary>
    public ReproductionRecord? Reproduction { get; init; }

    /// <summary>Null when it needs none.</summary>
    public ApprovalsRecord? Approvals { get; init; }
}

/// <summary>What a reproduction is of, and what came of it.</summary>
/// <param name="Of">The run that it does over.</param>
/// <param name="Outcome">Null until it has ended at the platform.</param>
/// <param name="Differences">What is not as it was, a line each.</param>
/// <param name="Unpinned">What may be another than it was although the plan is the same, a line each.</param>
public sealed record ReproductionRecord(
    string Of,
    ReproductionOutcome? Outcome,
    IReadOnlyList<string> Differences,
    IReadOnlyList<string> Unpinned
);

/// <summary>What came of a reproduction.</summary>
public enum ReproductionOutcome
{
    Reproduced,
    Differs,
}

public sealed record TimelineRecord(DateTimeOffset At, string Step, string Text);

public sealed record ModelRecord(string Name, string Version, string? Page);

/// <param name="Value">A value that JSON has no number for travels as <c>"NaN"</c>, <c>"Infinity"</c> or <c>"-Infinity"</c>.</param>
public sealed record MetricRecord(
    string Name,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Value,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double? Base,
    MetricGoal? Goal,
    MetricVerdict? Verdict
)
{
    /// <summary>Of the run whose model is promoted now; null when none is, or it logged none.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double? Promoted { get; init; }

    /// <summary>Beside <see cref="Promoted"/>.</summary>
    public MetricVerdict? PromotedVerdict { get; init; }
}

/// <param name="Alias">The alias or stage that leads to the version.</param>
/// <param name="Run">The run that produced it.</param>
public sealed record PromotedRecord(string Model, string Version, string Alias, string Environment, string Run);
