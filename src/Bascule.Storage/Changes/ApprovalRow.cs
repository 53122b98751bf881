using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Runs;

namespace Bascule.Storage.Changes;

/// <summary>An approval as its table has it.</summary>
internal sealed record ApprovalRow
{
    public required string Uid { get; init; }
    public required string Run { get; init; }
    public long Generation { get; init; }
    public required string Person { get; init; }
    public required string Content { get; init; }
    public required string CommitId { get; init; }
    public required string PlanDigest { get; init; }
    public required string Environment { get; init; }
    public long At { get; init; }
    public long? AuthenticatedAt { get; init; }
    public required string Source { get; init; }
    public string? Comment { get; init; }
    public string? CarriedFrom { get; init; }
    public long? PullRequest { get; init; }
    public long? Review { get; init; }
    public long? VoidedAt { get; init; }
    public string? VoidedBecause { get; init; }

    public static ApprovalRow From(Approval approval) =>
        new()
        {
            Uid = approval.Uid,
            Run = approval.Run.Text,
            Generation = approval.Generation,
            Person = approval.PersonUid,
            Content = approval.Thing.Content.Hex,
            CommitId = approval.Thing.Commit.ToString(),
            PlanDigest = approval.Thing.PlanDigest,
            Environment = approval.Thing.Environment,
            At = approval.At.ToUnixTimeMilliseconds(),
            AuthenticatedAt = Times.ToStored(approval.AuthenticatedAt),
            Source = approval.Source.ToString(),
            Comment = approval.Comment,
            CarriedFrom = approval.CarriedFrom?.Text,
            PullRequest = approval.Review?.PullRequest,
            Review = approval.Review?.Id,
            VoidedAt = Times.ToStored(approval.VoidedAt),
            VoidedBecause = approval.VoidedBecause,
        };

    public Approval ToApproval() =>
        new()
        {
            Uid = Uid,
            Run = new RunId(Run),
            Generation = Generation,
            PersonUid = Person,
            Thing = new ApprovedThing(
                new ContentId(Content),
                Core.Forges.CommitId.Parse(CommitId),
                PlanDigest,
                Environment
            ),
            At = Times.Read(At),
            AuthenticatedAt = Times.Read(AuthenticatedAt),
            Source = Enum.Parse<ApprovalSource>(Source),
            Comment = Comment,
            CarriedFrom = CarriedFrom is null ? null : new RunId(CarriedFrom),
            Review = PullRequest is { } number && Review is { } id ? new ReviewReference(number, id) : null,
            VoidedAt = Times.Read(VoidedAt),
            VoidedBecause = VoidedBecause,
        };
}
