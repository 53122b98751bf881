using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Promotions;

namespace Bascule.Core.Runs;

/// <summary>One execution of a workflow: a row with a state. Every step is idempotent, so a crash resumes from the row.</summary>
public sealed record Run
{
    public required RunId Id { get; init; }

    /// <summary>Raised by every stored change; a change of an older revision is refused.</summary>
    public long Revision { get; init; }

    public required RepositoryKey Repository { get; init; }

    /// <summary>The connection's name in the settings when the run was planned.</summary>
    public required string Forge { get; init; }

    /// <summary>owner/name when the run was planned; for people.</summary>
    public required string RepositoryName { get; init; }

    public required string Workflow { get; init; }

    /// <summary>Null for a plan only.</summary>
    public string? Environment { get; init; }

    /// <summary>Only the plan of what the merge of its pull request will run there: approved here, started never. The merge's run takes the approvals over.</summary>
    public bool OnMerge { get; init; }

    public required Trigger Trigger { get; init; }
    public required RefName Ref { get; init; }
    public required CommitId Commit { get; init; }
    public string CommitSubject { get; init; } = "";

    /// <summary>Who the forge says pushed or opened it: asserted, not proven.</summary>
    public ForgeAccount? By { get; init; }

    public long? PullRequest { get; init; }

    /// <summary>The base's commit by whose workflow file a pull request is judged (THREATS T52).</summary>
    public CommitId? BaseCommit { get; init; }

    public int Ordinal { get; init; }
    public required IdempotencyKey Key { get; init; }
    public ContentId? Content { get; init; }

    /// <summary>The setting that allowed or refused it, e.g. <c>environments.ml-prod.branches</c>.</summary>
    public string? Rule { get; init; }

    /// <summary>SHA-256 over the exported tree, as it was planned: it has to be the same when it is sent (THREATS T72). Null before a plan was made.</summary>
    public string? TreeDigest { get; init; }

    /// <summary>Canonical JSON of what will be sent, without tokens; null when refused before a plan could be made.</summary>
    public string? Plan { get; init; }

    /// <summary>What <see cref="Plan"/> would do, in lines for people, as the platform said it when it was made; null where it said nothing.</summary>
    public string? PlanSummary { get; init; }

    /// <summary>Which metric, that its workflow requires, is worse than before, in a sentence; null when none is, or the run did not succeed.</summary>
    public string? Shortfall { get; init; }

    /// <summary>SHA-256 of <see cref="Plan"/>, hex.</summary>
    public string? PlanDigest { get; init; }

    /// <summary>What only so many runs of the environment may change at a time, as the platform calls it; null when refused before a plan could be made.</summary>
    public string? Target { get; init; }

    /// <summary>It shares its target with no other run.</summary>
    public bool HoldsAlone { get; init; }

    public required RunState State { get; init; }

    /// <summary>One sentence for people: why it was refused, failed, or waits.</summary>
    public string? Reason { get; init; }

    /// <summary>Set before the platform is first asked to start it: from then on only the platform knows whether it runs.</summary>
    public bool StartBegun { get; init; }

    public string? PlatformRunId { get; init; }
    public Uri? PlatformPage { get; init; }
    public bool CancelRequested { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The delivery that led here; null when none did.</summary>
    public string? Delivery { get; init; }

    /// <summary>Of a rollback: the runs whose changes it takes back, the newest first. Empty for every other run.</summary>
    public IReadOnlyList<RunId> RollsBack { get; init; } = [];

    public bool IsRollback => RollsBack.Count > 0;

    /// <summary>Of a reproduction: the run that it does over. Null for every other run.</summary>
    public RunId? Reproduces { get; init; }

    /// <summary>It says something of another run, and nothing of its commit: it has no status, and what it registers is not to be promoted.</summary>
    public bool IsReproduction => Reproduces is not null;

    /// <summary>Of a reproduction: what may be another than it was although the plan is the same, one line each.</summary>
    public IReadOnlyList<string> Unpinned { get; init; } = [];

    /// <summary>Of a reproduction that ended at the platform: what is not as it was. Empty when all is; null before that, and for every other run.</summary>
    public IReadOnlyList<string>? Differences { get; init; }

    /// <summary>Of a run that promotes a version or goes back to one: which. It trains and deploys nothing. Null for every other run.</summary>
    public PromotionOrder? Promotes { get; init; }

    /// <summary>Whether a merge promotes by it what its pull request has trained, in place of training it again: it stands where the training would.</summary>
    public bool IsTrainedOnce => Promotes is not null && Trigger.IsRef;

    /// <summary>Whether it ended as those who asked for it would have it.</summary>
    public bool IsGood => State == RunState.Succeeded && Shortfall is null;

    public bool IsPlanOnly => Environment is null || OnMerge;

    /// <summary>It was granted and planned, and then not started by itself: a person may have it started.</summary>
    public bool IsHeldBack => State == RunState.Refused && Environment is not null && Plan is not null;

    public bool IsFinal => State.IsTerminal() || (IsPlanOnly && State == RunState.Planned);

    /// <summary>Whether asking for it once more makes sense: a plan only, and what was refused before it was planned, never had leave to run; what was promoted is.</summary>
    public bool IsRepeatable =>
        IsFinal
        && !IsPlanOnly
        && (State != RunState.Refused || IsHeldBack)
        && (Promotes is null || State != RunState.Succeeded);

    /// <summary>Another execution of the same: nothing of how this one went is in it.</summary>
    /// <param name="epoch">Of the installation.</param>
    public Run Afresh(long epoch, Trigger trigger, int ordinal, DateTimeOffset now) =>
        this with
        {
            Id = RunId.New(),
            Revision = 0,
            Trigger = trigger,
            Ordinal = ordinal,
            Key = IdempotencyKey.Derive(epoch, Repository, trigger, Commit, Workflow, Environment ?? "", ordinal),
            State = RunState.Queued,
            Reason = null,
            Shortfall = null,
            Differences = null,
            StartBegun = false,
            PlatformRunId = null,
            PlatformPage = null,
            CancelRequested = false,
            CreatedAt = now,
            StartedAt = null,
            FinishedAt = null,
        };
}

/// <summary>One line of a run's timeline.</summary>
/// <param name="Step">plan, start, observe, report, …</param>
public sealed record TimelineEntry(DateTimeOffset At, string Step, string Text);

/// <summary>The last value of a metric that the platform reports for a run.</summary>
public sealed record Metric(string Name, double Value);

/// <summary>A model version that a run registered.</summary>
/// <param name="Name">The full name, with catalog and schema where there are any.</param>
public sealed record ModelVersion(string Name, string Version, Uri? Page)
{
    /// <summary>Of the model's bytes, 64 lower-case hex digits; null where the platform tells none.</summary>
    public string? Sha256 { get; init; }
}
