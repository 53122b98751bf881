using Bascule.Core.Lineage;

namespace Bascule.Storage.Stores;

internal sealed record UnfoundedRow
{
    public required string Environment { get; init; }
    public required string Id { get; init; }
    public required string CommitId { get; init; }
    public required string Tag { get; init; }
    public long NotedAt { get; init; }

    public UnfoundedRun ToRun() => new(Environment, Id, Core.Forges.CommitId.Parse(CommitId), Tag, Times.Read(NotedAt));
}

internal sealed record UnfoundedCount
{
    public required string Environment { get; init; }
    public long Total { get; init; }
}
