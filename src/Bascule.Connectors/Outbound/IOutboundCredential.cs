using Bascule.Core;

namespace Bascule.Connectors.Outbound;

/// <summary>A credential that may be replaced between two calls. Safe to use from many tasks at once.</summary>
public interface IOutboundCredential
{
    /// <summary>The value of the Authorization header now; the refusal of every call where there is none.</summary>
    Result<Secret> Current { get; }

    /// <summary>The server did not take it. True when there is another one by now, with which the call is worth making again.</summary>
    ValueTask<bool> RenewAsync(Secret refused, CancellationToken cancellationToken);
}
