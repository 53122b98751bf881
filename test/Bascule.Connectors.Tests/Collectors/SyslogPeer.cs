using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Bascule.Connectors.Tests.Collectors;

/// <summary>The other side of one TLS connection, which does what a test says.</summary>
internal sealed class SyslogPeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public SyslogPeer(X509Certificate2 certificate, Func<SslStream, Socket, Task> act)
    {
        _listener.Start();
        _serving = ServeAsync(certificate, act);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Reads to the end of what comes, and answers how much it was.</summary>
    public static async Task<int> ReadAsync(SslStream stream)
    {
        var buffer = new byte[16 * 1024];
        var all = 0;
        while (await stream.ReadAsync(buffer) is > 0 and var count)
            all += count;
        return all;
    }

    /// <summary>Until something has come that nobody has read.</summary>
    public static async Task WaitAsync(Socket socket)
    {
        for (var until = DateTime.UtcNow.AddSeconds(30); socket.Available < 100 && DateTime.UtcNow < until; )
            await Task.Delay(5);
        socket.Available.ShouldBeGreaterThan(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _serving;
        _listener.Dispose();
    }

    private async Task ServeAsync(X509Certificate2 certificate, Func<SslStream, Socket, Task> act)
    {
        using var client = await _listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(certificate);
            await act(stream, client.Client);
        }
        catch (IOException)
        {
            // The collector has gone, which is what its side of the test is about.
        }
    }
}
