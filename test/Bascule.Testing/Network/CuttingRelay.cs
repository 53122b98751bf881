using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Bascule.Testing.Network;

/// <summary>
/// A TCP relay on loopback that can be cut like a cable: <see cref="Cut"/> ends every connection and takes no new one, <see cref="Stall"/> lets
/// connections stand and carries nothing, as a stopped machine or a silent firewall does.
/// </summary>
public sealed class CuttingRelay : IAsyncDisposable
{
    private readonly Func<IPEndPoint, EndPoint> _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _passing = Passing();
    private volatile bool _cut;

    /// <param name="target">Asked for each new connection.</param>
    public CuttingRelay(Func<EndPoint> target)
        : this(_ => target()) { }

    /// <param name="target">Asked for each new connection, with where it comes from.</param>
    public CuttingRelay(Func<IPEndPoint, EndPoint> target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections have been made since the start.</summary>
    public int Accepted { get; private set; }

    public void Cut()
    {
        _cut = true;
        foreach (var socket in _open.Keys)
            Close(socket);
    }

    public void Stall() => _passing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Undoes <see cref="Cut"/> and <see cref="Stall"/>; what was stalled goes on where it stopped.</summary>
    public void Mend()
    {
        _cut = false;
        _passing.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        _listener.Dispose();
        Cut();
        _passing.TrySetResult();
        await _accepting;
        _stopping.Dispose();
    }

    private static TaskCompletionSource Passing()
    {
        var passing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        passing.SetResult();
        return passing;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var incoming = await _listener.AcceptSocketAsync(_stopping.Token);
                Accepted++;
                _ = RelayAsync(incoming);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        { }
    }

    private async Task RelayAsync(Socket incoming)
    {
        Socket? outgoing = null;
        _open.TryAdd(incoming, 0);
        try
        {
            if (_cut)
                return;
            var target = _target((IPEndPoint)incoming.RemoteEndPoint!);
            outgoing = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
            _open.TryAdd(outgoing, 0);
            await outgoing.ConnectAsync(target);
            await Task.WhenAny(PumpAsync(incoming, outgoing), PumpAsync(outgoing, incoming));
        }
        catch (SocketException) { }
        finally
        {
            Close(incoming);
            if (outgoing is not null)
                Close(outgoing);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await _passing.Task;
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException) { }
    }

    private void Close(Socket socket)
    {
        if (!_open.TryRemove(socket, out _))
            return;
        // A reset, as from a machine that is gone, and no wait for what was still to be sent.
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }
}
