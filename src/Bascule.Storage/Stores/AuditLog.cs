using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Storage.Changes;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Stores;

internal sealed class AuditLog(IReaders readers, IWriter writer) : IAuditLog
{
    public async Task<Result<long>> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancellationToken)
    {
        var place = new AuditPlace();
        try
        {
            var written = await writer.WriteAsync(
                session => AuditChanges.Append(session, entry, place) is { } refused ? refused : Result.Done,
                cancellationToken
            );
            return written.Failed(out var problem) ? problem : place.Index;
        }
        catch (StorageException failure)
        {
            return Problem.Unavailable($"the audit log cannot be written, so nothing was done. {failure.Message}");
        }
    }

    public async Task<IReadOnlyList<AuditRecord>> ReadAsync(long from, int limit, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<AuditRow>(
            "SELECT idx, entry FROM audit_entry WHERE idx >= @From ORDER BY idx LIMIT @Limit",
            new { From = from, Limit = limit },
            cancellationToken
        );
        return [.. rows.Select(row => new AuditRecord(row.Idx, row.Entry))];
    }

    public async Task<IReadOnlyList<AuditRecord>> ReadLastAsync(int limit, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<AuditRow>(
            "SELECT idx, entry FROM audit_entry ORDER BY idx DESC LIMIT @Limit",
            new { Limit = limit },
            cancellationToken
        );
        return [.. rows.Select(row => new AuditRecord(row.Idx, row.Entry))];
    }

    private sealed record AuditRow(long Idx, byte[] Entry);
}
