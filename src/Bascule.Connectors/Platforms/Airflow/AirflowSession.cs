using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>For whom calls are made, and where those that change something are written down.</summary>
/// <param name="Audit">Null for <c>doctor</c>, which changes nothing.</param>
internal sealed record AirflowSession(IRunIdentity Identity, ICallAudit? Audit)
{
    /// <summary>No entry, no call.</summary>
    public Task<Result<T>> WrittenAsync<T>(
        string operation,
        string target,
        Func<CancellationToken, Task<Result<T>>> call,
        CancellationToken cancellationToken
    ) =>
        Audit is { } audit
            ? audit.CallAsync(operation, target, null, call, cancellationToken)
            : call(cancellationToken);
}
