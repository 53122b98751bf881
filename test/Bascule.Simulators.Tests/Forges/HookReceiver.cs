using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bascule.Simulators.Tests.Forges;

/// <summary>A webhook as it came over the wire: header order and case kept.</summary>
internal sealed record ReceivedHook(string RequestLine, IReadOnlyList<string> HeaderLines, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string Event => Header("X-Gogs-Event");

    public string Header(string name) =>
        HeaderLines
            .Where(l => l.StartsWith(name + ":", StringComparison.Ordinal))
            .Select(l => l[(name.Length + 1)..].Trim())
            .FirstOrDefault("");
}

/// <summary>Takes hooks on a bare socket, because a server framework would hide their order.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<ReceivedHook> _hooks = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public HookReceiver()
    {
        _listener.Start();
        _loop = Task.Run(AcceptAsync);
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/ok";

    /// <summary>Called before each answer; the status to answer with.</summary>
    public Func<ReceivedHook, Task<int>> Answer { get; set; } = _ => Task.FromResult(200);

    public IReadOnlyList<ReceivedHook> Hooks
    {
        get
        {
            lock (_hooks)
            {
                return [.. _hooks];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            var lines = new List<string>();
            while (await LineAsync(stream) is { Length: > 0 } line)
            {
                lines.Add(line);
            }

            var length = lines.First(l => l.StartsWith("Content-Length:", StringComparison.Ordinal)).Split(':')[1];
            var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body);
            var hook = new ReceivedHook(lines[0], lines[1..], body);
            lock (_hooks)
            {
                _hooks.Add(hook);
            }

            var status = await Answer(hook);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n"));
        }
    }

    private static async Task<string?> LineAsync(NetworkStream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }

        return null;
    }
}
