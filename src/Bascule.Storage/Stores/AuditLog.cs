using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Stores;

internal sealed class AuditLog(IReaders readers, IWriter writer) : IAuditLog
{
    private const int EntryLimit = 65_535;

    public async Task<Result<long>> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancellationToken)
    {
        if (entry.Length is 0 or > EntryLimit)
        {
            return Problem.Invalid(
                $"an audit entry has 1 to {EntryLimit} bytes, and this one {entry.Length}; record a digest instead of the thing itself"
            );
        }
        try
        {
            return await writer.WriteAsync<long>(session => Append(session, entry.Span), cancellationToken);
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

    private static long Append(WriteSession session, ReadOnlySpan<byte> entry)
    {
        var index = session.TakeAuditIndex();
        session.Prepared("INSERT INTO audit_entry (idx, entry) VALUES ($1, $2)").Bind(index).Bind(entry).Send();
        return index;
    }

    private sealed record AuditRow(long Idx, byte[] Entry);
}
