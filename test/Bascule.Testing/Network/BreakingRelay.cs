using System.Net;
using System.Net.Sockets;

namespace Bascule.Testing.Network;

/// <summary>A TCP relay on loopback that hands everything on, ends included, until it is told to break: then each connection is reset after so many bytes.</summary>
public sealed class BreakingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _target;
    private readonly Task _accepting;

    /// <param name="target">The port on loopback.</param>
    public BreakingRelay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes to the target after which a connection is reset; null for never.</summary>
    public long? BreakAfter { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RelayAsync(await _listener.AcceptSocketAsync(_stopping.Token), BreakAfter ?? long.MaxValue);
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        { }
    }

    private async Task RelayAsync(Socket incoming, long most)
    {
        using var outgoing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (incoming)
        {
            try
            {
                await outgoing.ConnectAsync(IPAddress.Loopback, _target, _stopping.Token);
                await Task.WhenAll(PumpAsync(incoming, outgoing, most), PumpAsync(outgoing, incoming, long.MaxValue));
            }
            catch (Exception ended)
                when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // With linger 0 a close is a reset.
                incoming.LingerState = outgoing.LingerState = new LingerOption(true, 0);
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, long most)
    {
        var buffer = new byte[16 * 1024];
        var passed = 0L;
        while (await from.ReceiveAsync(buffer, _stopping.Token) is > 0 and var count)
        {
            await to.SendAsync(buffer.AsMemory(0, count), _stopping.Token);
            if ((passed += count) < most)
                continue;
            from.LingerState = to.LingerState = new LingerOption(true, 0);
            from.Dispose();
            to.Dispose();
            return;
        }
        to.Shutdown(SocketShutdown.Send);
    }
}
