using System.Collections.Concurrent;
using Bascule.Connectors.Outbound;

namespace Bascule.Server.Mirrors;

/// <summary>Open connections, one pool per forge: a credential's pool is never another origin's, nor one with another certificate authority.</summary>
internal sealed class ForgeChannels(MirrorOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<(string Origin, string? CaFile), Lazy<HttpMessageInvoker>> _channels = new();

    public HttpMessageInvoker For(RelayTicket ticket)
    {
        var key = (ticket.Repository.GetLeftPart(UriPartial.Authority), ticket.CaFile);
        return _channels.GetOrAdd(key, _ => new Lazy<HttpMessageInvoker>(() => Open(ticket))).Value;
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values.Where(channel => channel.IsValueCreated))
            channel.Value.Dispose();
    }

    private HttpMessageInvoker Open(RelayTicket ticket) =>
        new(
            OutboundHandler.Create(
                new OutboundOptions
                {
                    Subject = ticket.Repository.Host,
                    Url = ticket.Repository,
                    CaFile = ticket.CaFile,
                    Resolver = options.Resolver,
                }
            )
        );
}
