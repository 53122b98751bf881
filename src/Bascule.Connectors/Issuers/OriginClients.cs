using System.Collections.Concurrent;
using Bascule.Connectors.Outbound;

namespace Bascule.Connectors.Issuers;

/// <summary>
/// Calls endpoints that an issuer's checked discovery document names: a connection for each origin, so that a credential goes where it was meant to and nowhere
/// else (THREATS T81). Safe to use from many tasks at once.
/// </summary>
internal sealed class OriginClients(IssuerOptions options, TimeProvider time, Action<string>? detail) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<OutboundClient>> _clients = new(StringComparer.Ordinal);

    public OutboundClient For(Uri endpoint) =>
        _clients
            .GetOrAdd(
                endpoint.GetLeftPart(UriPartial.Authority),
                origin => new Lazy<OutboundClient>(() => options.Connect(new Uri(origin), time, detail))
            )
            .Value;

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            if (client.IsValueCreated)
                client.Value.Dispose();
    }
}
