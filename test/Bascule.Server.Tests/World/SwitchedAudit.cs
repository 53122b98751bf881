using Bascule.Core;
using Bascule.Core.Audit;

namespace Bascule.Server.Tests.World;

/// <summary>The real audit log, until it is made to refuse as a full disk would.</summary>
internal sealed class SwitchedAudit(IAuditLog inner) : IAuditLog
{
    public Problem? Failing { get; set; }

    public Task<Result<long>> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) =>
        Failing is { } problem ? Task.FromResult<Result<long>>(problem) : inner.AppendAsync(entry, cancellationToken);

    public Task<IReadOnlyList<AuditRecord>> ReadAsync(long from, int limit, CancellationToken cancellationToken) =>
        inner.ReadAsync(from, limit, cancellationToken);

    public Task<IReadOnlyList<AuditRecord>> ReadLastAsync(int limit, CancellationToken cancellationToken) =>
        inner.ReadLastAsync(limit, cancellationToken);
}
