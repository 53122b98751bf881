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

/// <param name="Index">From 0, without gaps.</param>
public sealed record AuditRecord(long Index, ReadOnlyMemory<byte> Entry);
