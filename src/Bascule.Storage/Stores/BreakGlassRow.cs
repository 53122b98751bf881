using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Runs;

namespace Bascule.Storage.Stores;

/// <summary>A break-glass act as its table has it.</summary>
internal sealed record BreakGlassRow
{
    public string Run { get; init; } = "";
    public string Person { get; init; } = "";
    public string Content { get; init; } = "";
    public string CommitId { get; init; } = "";
    public string PlanDigest { get; init; } = "";
    public string Environment { get; init; } = "";
    public string Reason { get; init; } = "";
    public long At { get; init; }
    public long ExpiresAt { get; init; }
    public long ReviewBy { get; init; }
    public string? ReviewedBy { get; init; }
    public long? ReviewedAt { get; init; }
    public long? FlaggedAt { get; init; }

    public BreakGlass ToAct() =>
        new(
            new RunId(Run),
            Person,
            new ApprovedThing(new ContentId(Content), Core.Forges.CommitId.Parse(CommitId), PlanDigest, Environment),
            Reason,
            Times.Read(At),
            Times.Read(ExpiresAt),
            Times.Read(ReviewBy)
        )
        {
            ReviewedBy = ReviewedBy,
            ReviewedAt = Times.Read(ReviewedAt),
            FlaggedAt = Times.Read(FlaggedAt),
        };
}
