using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Bascule.Bench.Intake;

/// <summary>
/// Sends signed deliveries over plain sockets, each connection one request after the other, and counts what is accepted. Requests are made before the
/// clock starts, so that the generator costs the machine as little as it can.
/// </summary>
internal sealed class LoadGenerator(Uri address, int connections, int perConnection)
{
    private static readonly byte[] Accepted = "HTTP/1.1 202"u8.ToArray();

    public async Task<LoadResult> RunAsync(string template)
    {
        var requests = Enumerable
            .Range(0, connections)
            .Select(connection =>
                Enumerable.Range(0, perConnection).Select(number => Request(template, connection, number)).ToArray()
            )
            .ToArray();
        var latencies = new double[connections][];
        var clock = Stopwatch.StartNew();
        var accepted = await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(connection =>
                    Task.Run(() => SendAsync(requests[connection], latencies[connection] = new double[perConnection]))
                )
        );
        return new LoadResult(accepted.Sum(), clock.Elapsed, [.. latencies.SelectMany(samples => samples)]);
    }

    private async Task<int> SendAsync(byte[][] requests, double[] latencies)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
        };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        var buffer = new byte[4096];
        var accepted = 0;
        for (var i = 0; i < requests.Length; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(requests[i]);
            var answer = await ReadAsync(socket, buffer);
            latencies[i] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            if (answer.Span.StartsWith(Accepted))
                accepted++;
        }
        return accepted;
    }

    /// <summary>One answer: headers, and the body that Content-Length or one chunk says.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Socket socket, byte[] buffer)
    {
        var filled = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
            if (read == 0)
                return buffer.AsMemory(0, filled);
            filled += read;
            if (RawAnswer.IsWhole(buffer.AsSpan(0, filled)))
                return buffer.AsMemory(0, filled);
        }
    }

    private byte[] Request(string template, int connection, int number)
    {
        Span<byte> unique = stackalloc byte[20];
        BinaryPrimitives.WriteInt32BigEndian(unique, connection);
        BinaryPrimitives.WriteInt32BigEndian(unique[4..], number);
        var body = Encoding.UTF8.GetBytes(
            template.Replace("$AFTER", Convert.ToHexStringLower(unique), StringComparison.Ordinal)
        );
        var signature = Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(EndpointProcess.Secret), body)
        );
        var head = Encoding.ASCII.GetBytes(
            $"POST /hooks/{EndpointProcess.WebhookUid} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\n"
                + $"X-Gitea-Delivery: {Guid.NewGuid()}\r\nX-Gitea-Event: push\r\nX-Gitea-Signature: {signature}\r\nContent-Length: {body.Length}\r\n\r\n"
        );
        return [.. head, .. body];
    }
}

internal sealed record LoadResult(int Accepted, TimeSpan Took, IReadOnlyList<double> Latencies)
{
    public double PerSecond => Accepted / Took.TotalSeconds;
}
