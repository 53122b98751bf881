using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;

namespace Bascule.Storage.Changes;

/// <summary>A run as its table has it.</summary>
internal sealed record RunRow
{
    public required string Id { get; init; }
    public long Revision { get; init; }
    public required string ForgeUid { get; init; }
    public long RepositoryId { get; init; }
    public required string Forge { get; init; }
    public required string RepositoryName { get; init; }
    public required string Workflow { get; init; }
    public string? Environment { get; init; }
    public bool OnMerge { get; init; }
    public required string RunTrigger { get; init; }
    public required string Ref { get; init; }
    public required string CommitId { get; init; }
    public required string CommitSubject { get; init; }
    public long? ById { get; init; }
    public string? ByLogin { get; init; }
    public long? PullRequest { get; init; }
    public string? BaseCommit { get; init; }
    public int Ordinal { get; init; }
    public required string IdempotencyKey { get; init; }
    public string? Content { get; init; }
    public string? Rule { get; init; }
    public string? TreeDigest { get; init; }
    public string? Plan { get; init; }
    public string? PlanDigest { get; init; }
    public string? Target { get; init; }
    public bool HoldsAlone { get; init; }
    public required string State { get; init; }
    public string? Reason { get; init; }
    public string? PlatformRunId { get; init; }
    public string? PlatformPage { get; init; }
    public bool StartBegun { get; init; }
    public bool CancelRequested { get; init; }
    public long CreatedAt { get; init; }
    public long? StartedAt { get; init; }
    public long? FinishedAt { get; init; }
    public string? Delivery { get; init; }
    public string? RollsBack { get; init; }
    public string? PlanSummary { get; init; }
    public string? Shortfall { get; init; }
    public string? Reproduces { get; init; }
    public string? Unpinned { get; init; }
    public string? Differences { get; init; }
    public string? Promotes { get; init; }

    public static RunRow From(Run run) =>
        new()
        {
            Id = run.Id.ToString(),
            Revision = run.Revision,
            ForgeUid = run.Repository.ForgeUid,
            RepositoryId = run.Repository.Id,
            Forge = run.Forge,
            RepositoryName = run.RepositoryName,
            Workflow = run.Workflow,
            Environment = run.Environment,
            OnMerge = run.OnMerge,
            RunTrigger = run.Trigger.ToString(),
            Ref = run.Ref.ToString(),
            CommitId = run.Commit.ToString(),
            CommitSubject = run.CommitSubject,
            ById = run.By?.Id,
            ByLogin = run.By?.Login,
            PullRequest = run.PullRequest,
            BaseCommit = run.BaseCommit?.ToString(),
            Ordinal = run.Ordinal,
            IdempotencyKey = run.Key.ToString(),
            Content = run.Content?.ToString(),
            Rule = run.Rule,
            TreeDigest = run.TreeDigest,
            Plan = run.Plan,
            PlanDigest = run.PlanDigest,
            Target = run.Target,
            HoldsAlone = run.HoldsAlone,
            State = run.State.ToString(),
            Reason = run.Reason,
            PlatformRunId = run.PlatformRunId,
            PlatformPage = run.PlatformPage?.OriginalString,
            StartBegun = run.StartBegun,
            CancelRequested = run.CancelRequested,
            CreatedAt = run.CreatedAt.ToUnixTimeMilliseconds(),
            StartedAt = Times.ToStored(run.StartedAt),
            FinishedAt = Times.ToStored(run.FinishedAt),
            Delivery = run.Delivery,
            RollsBack = run.IsRollback ? string.Join(' ', run.RollsBack) : null,
            PlanSummary = run.PlanSummary,
            Shortfall = run.Shortfall,
            Reproduces = run.Reproduces?.Text,
            Unpinned = run.IsReproduction ? Stored.Lines(run.Unpinned) : null,
            Differences = run.Differences is null ? null : Stored.Lines(run.Differences),
            Promotes = run.Promotes?.ToJson(),
        };

    public Run ToRun() =>
        new()
        {
            Id = new RunId(Id),
            Revision = Revision,
            Repository = new RepositoryKey(ForgeUid, RepositoryId),
            Forge = Forge,
            RepositoryName = RepositoryName,
            Workflow = Workflow,
            Environment = Environment,
            OnMerge = OnMerge,
            Trigger = new Trigger(RunTrigger),
            Ref = RefName.Parse(Ref),
            Commit = Core.Forges.CommitId.Parse(CommitId),
            CommitSubject = CommitSubject,
            By = Stored.Account(ById, ByLogin),
            PullRequest = PullRequest,
            BaseCommit = Stored.Commit(BaseCommit),
            Ordinal = Ordinal,
            Key = new IdempotencyKey(IdempotencyKey),
            Content = Content is null ? null : new ContentId(Content),
            Rule = Rule,
            TreeDigest = TreeDigest,
            Plan = Plan,
            PlanDigest = PlanDigest,
            Target = Target,
            HoldsAlone = HoldsAlone,
            State = Enum.Parse<RunState>(State),
            Reason = Reason,
            PlatformRunId = PlatformRunId,
            PlatformPage = Stored.Address(PlatformPage),
            StartBegun = StartBegun,
            CancelRequested = CancelRequested,
            CreatedAt = Times.Read(CreatedAt),
            StartedAt = Times.Read(StartedAt),
            FinishedAt = Times.Read(FinishedAt),
            Delivery = Delivery,
            RollsBack = RollsBack is null ? [] : [.. RollsBack.Split(' ').Select(id => new RunId(id))],
            PlanSummary = PlanSummary,
            Shortfall = Shortfall,
            Reproduces = Reproduces is null ? null : new RunId(Reproduces),
            Unpinned = Stored.Lines(Unpinned) ?? [],
            Differences = Stored.Lines(Differences),
            Promotes = Promotes is null ? null : PromotionOrder.FromJson(Promotes),
        };
}
