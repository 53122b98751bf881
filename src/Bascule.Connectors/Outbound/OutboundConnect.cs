using System.Net;
using System.Net.Sockets;

namespace Bascule.Connectors.Outbound;

/// <summary>Connects to an address of a name that was resolved once, and that the rule allows: what was checked is what is connected (THREATS T78, T79).</summary>
internal sealed class OutboundConnect(NameResolver resolver, bool isInstanceMetadata)
{
    private static readonly IPAddress InstanceMetadata = IPAddress.Parse("169.254.169.254");

    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var plain = context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttp;
        return await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, plain, cancellationToken);
    }

    /// <param name="plain">Nothing protects what is sent: only this machine may be reached.</param>
    public async Task<NetworkStream> ConnectAsync(
        string host,
        int port,
        bool plain,
        CancellationToken cancellationToken
    )
    {
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await resolver(host, cancellationToken);
        SocketException? last = null;
        foreach (var address in found.Where(address => IsAllowed(address, plain)))
        {
            try
            {
                return await OpenAsync(new IPEndPoint(address, port), cancellationToken);
            }
            catch (SocketException problem)
            {
                last = problem;
            }
        }
        throw new HttpRequestException(Why(host, found, last), last);
    }

    public static async Task<IReadOnlyList<IPAddress>> ResolveBySystemAsync(
        string host,
        CancellationToken cancellationToken
    ) => await Dns.GetHostAddressesAsync(host, cancellationToken);

    private bool IsAllowed(IPAddress address, bool plain) =>
        isInstanceMetadata
            ? InstanceMetadata.Equals(address)
            : !AddressRule.Refuses(address) && (!plain || IPAddress.IsLoopback(address));

    private static async Task<NetworkStream> OpenAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Why(string host, IReadOnlyList<IPAddress> found, SocketException? last) =>
        last is not null
            ? $"{host}: {last.SocketErrorCode}"
            : $"{host} is at {string.Join(", ", found)}, and none of these may be connected to";
}
