using Bascule.Core;
using Bascule.Core.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>A server's own audit log, which a test can have refuse.</summary>
internal sealed class BreakableAudit : IAuditLog
{
    private IAuditLog _log = null!;

    public bool IsBroken { get; set; }

    public IAuditLog Around(IServiceCollection services)
    {
        _log = (IAuditLog)services.Last(one => one.ServiceType == typeof(IAuditLog)).ImplementationInstance!;
        return this;
    }

    public Task<Result<long>> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) =>
        IsBroken
            ? Task.FromResult<Result<long>>(Problem.Unavailable("the disk is full"))
            : _log.AppendAsync(entry, cancellationToken);

    public Task<IReadOnlyList<AuditRecord>> ReadAsync(long from, int limit, CancellationToken cancellationToken) =>
        _log.ReadAsync(from, limit, cancellationToken);

    public Task<IReadOnlyList<AuditRecord>> ReadLastAsync(int limit, CancellationToken cancellationToken) =>
        _log.ReadLastAsync(limit, cancellationToken);
}
