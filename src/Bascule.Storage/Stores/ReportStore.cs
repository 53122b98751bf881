using Bascule.Core.Forges;
using Bascule.Core.Reports;

namespace Bascule.Storage.Stores;

internal sealed class ReportStore(IReaders readers) : IReportStore
{
    public async Task<Report?> FindAsync(RepositoryKey repository, string place, CancellationToken cancellationToken)
    {
        var row = await readers.FindAsync<ReportRow>(
            """
            SELECT forge_id, digest, verdict FROM report
            WHERE forge_uid = @ForgeUid AND repository_id = @RepositoryId AND place = @Place
            """,
            new
            {
                repository.ForgeUid,
                RepositoryId = repository.Id,
                Place = place,
            },
            cancellationToken
        );
        return row is null ? null : new Report(repository, place, row.ForgeId, row.Digest, row.Verdict);
    }

    private sealed record ReportRow
    {
        public long? ForgeId { get; init; }
        public required string Digest { get; init; }
        public required string Verdict { get; init; }
    }
}
