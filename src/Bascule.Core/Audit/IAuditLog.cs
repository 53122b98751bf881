using System.Text.Json;
using Bascule.Core.Work;

namespace Bascule.Core.Audit;

/// <summary>The narrow port to the audit log. Entries are canonical JSON (RFC 8785), at most 65,535 bytes, and never change.</summary>
public interface IAuditLog
{
    /// <summary>
    /// Appends and returns once the entry is durable (group commit). Unavailable when it cannot be written: the caller must not act then.
    /// </summary>
    /// <param name="entry">The entry's exact bytes.</param>
    Task<Result<long>> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancellationToken);

    /// <summary>Entries from an index on, in order.</summary>
    Task<IReadOnlyList<AuditRecord>> ReadAsync(long from, int limit, CancellationToken cancellationToken);

    /// <summary>The last entries, newest first.</summary>
    Task<IReadOnlyList<AuditRecord>> ReadLastAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>
/// Appends an entry in the transaction of the changes beside it: what follows from a decision is stored with its entry or not at all. For what nobody outside
/// is told of before it is stored; a call to somebody else needs its entry before (<see cref="IAuditLog.AppendAsync"/>).
/// </summary>
/// <param name="Entry">As <see cref="IAuditLog.AppendAsync"/> takes it.</param>
public sealed record RecordAudit(ReadOnlyMemory<byte> Entry) : Change;

/// <param name="Index">From 0, without gaps.</param>
public sealed record AuditRecord(long Index, ReadOnlyMemory<byte> Entry)
{
    /// <summary>When the entry says it was written; null where it says nothing. Order is by index and not by time.</summary>
    public DateTimeOffset? ReadTime()
    {
        using var entry = JsonDocument.Parse(Entry);
        return entry.RootElement.TryGetProperty("time", out var at) && at.TryGetDateTimeOffset(out var read)
            ? read
            : null;
    }
}
