using System.Collections.Concurrent;
using Bascule.Connectors.Outbound;

namespace Bascule.Server.Mirrors;

/// <summary>Open connections, one pool per forge: a credential's pool is never another origin's, nor one with another certificate authority.</summary>
internal sealed class ForgeChannels(MirrorOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<(string Origin, string? CaFile), Lazy<HttpMessageInvoker>> _channels = new();

    public HttpMessageInvoker For(RelayTicket ticket) => For(ticket.Repository, ticket.CaFile);

    public HttpMessageInvoker For(Uri repository, string? caFile)
    {
        var key = (repository.GetLeftPart(UriPartial.Authority), caFile);
        // Publication only: a certificate file that is missing today may be there tomorrow.
        var channel = new Lazy<HttpMessageInvoker>(
            () => Open(repository, caFile),
            LazyThreadSafetyMode.PublicationOnly
        );
        return _channels.GetOrAdd(key, channel).Value;
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values.Where(channel => channel.IsValueCreated))
            channel.Value.Dispose();
    }

    private HttpMessageInvoker Open(Uri repository, string? caFile) =>
        new(
            OutboundHandler.Create(
                new OutboundOptions
                {
                    Subject = repository.Host,
                    Url = repository,
                    CaFile = caFile,
                    Resolver = options.Resolver,
                }
            )
        );
}
