using Bascule.Core.Drift;
using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Storage.Stores;

internal sealed class DriftStore(IReaders readers) : IDriftStore
{
    public async Task<IReadOnlyList<DriftStanding>> ListAsync(string? environment, CancellationToken cancellationToken)
    {
        var where = environment is null ? "" : "WHERE environment = @Environment";
        var rows = await readers.ListAsync<DriftRow>(
            $"SELECT * FROM drift {where} ORDER BY environment, forge_uid, repository_id, workflow",
            new { Environment = environment },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToStanding())];
    }

    private sealed record DriftRow
    {
        public required string ForgeUid { get; init; }
        public long RepositoryId { get; init; }
        public required string Workflow { get; init; }
        public required string Environment { get; init; }
        public required string Run { get; init; }
        public required string CommitId { get; init; }
        public long LookedAt { get; init; }
        public long? ComparedAt { get; init; }
        public string? Problem { get; init; }
        public required string Differences { get; init; }
        public long Total { get; init; }
        public long? Since { get; init; }

        public DriftStanding ToStanding() =>
            new(
                new DriftPlace(new RepositoryKey(ForgeUid, RepositoryId), Workflow, Environment),
                new RunId(Run),
                Core.Forges.CommitId.Parse(CommitId),
                Times.Read(LookedAt)
            )
            {
                ComparedAt = ComparedAt is { } compared ? Times.Read(compared) : null,
                Problem = Problem,
                Differences = DifferenceJson.Read(Differences),
                Total = (int)Total,
                Since = Since is { } since ? Times.Read(since) : null,
            };
    }
}
