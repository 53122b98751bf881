using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Collectors.Syslog;

/// <summary>
/// Syslog over TLS (RFC 5424, RFC 5425). The protocol has no acknowledgement, so each batch has a connection of its own: Bascule ends its side of the stream,
/// and a collector that has read to that end answers by ending its own (RFC 5425 section 4.4). Only that counts. A collector that resets the connection, sends an
/// alert or does not answer may have read any part of the batch, so all of it is sent again.
/// </summary>
internal sealed class SyslogCollector(SyslogOptions options) : ICollector
{
    private const int Chunk = 64 * 1024;
    private const int MostSaid = 64 * 1024;
    private readonly SyslogFrame _frames = new(
        Environment.MachineName,
        Environment.ProcessId,
        options.Enterprise,
        options.MaxMessageBytes
    );
    private const string Unread =
        "it closed the connection without reading the entries; does it know Bascule's certificate?";
    private long _sequence;

    public string Kind => "syslog";

    public string Target => $"{options.Host}:{options.Port}";

    public int MaxEntries => 1000;

    public int MaxBytes => 2 * 1024 * 1024;

    public async Task<Sent> SendAsync(IReadOnlyList<ShippedEntry> batch, CancellationToken cancellationToken)
    {
        if (options.Tls.Refresh() is { } unreadable)
            return Unknown($"its certificate {unreadable.Message}");
        using var clock = new CancellationTokenSource(options.Timeout, options.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        try
        {
            await using var socket = await new OutboundConnect(
                options.Resolver,
                isInstanceMetadata: false
            ).ConnectAsync(options.Host, options.Port, plain: false, limit.Token);
            await using var stream = new SslStream(socket);
            var tls = OutboundHandler.Tls(options.Tls.CaFile, options.Tls.Certificate);
            tls.TargetHost = options.Host;
            await stream.AuthenticateAsClientAsync(tls, limit.Token);
            await WriteAsync(stream, batch, limit.Token);
            await stream.ShutdownAsync();
            if (!await EndsAsync(stream, limit.Token))
                return Unknown("it says something, and syslog says nothing; is it a syslog collector?");
            return await StreamEnd.WasReadAsync(socket.Socket, limit.Token) ? new Sent.Acknowledged() : Unknown(Unread);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unknown(
                $"it did not take the entries and end the connection within {options.Timeout.TotalSeconds:0} seconds"
            );
        }
        catch (Exception problem)
            when (problem
                    is IOException
                        or SocketException
                        or AuthenticationException
                        or HttpRequestException
                        or CryptographicException
            )
        {
            return Unknown(Why(problem));
        }
    }

    public ValueTask DisposeAsync()
    {
        options.Tls.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WriteAsync(
        SslStream stream,
        IReadOnlyList<ShippedEntry> batch,
        CancellationToken cancellationToken
    )
    {
        using var waiting = new MemoryStream();
        foreach (var entry in batch)
        {
            waiting.Write(_frames.Write(entry, ++_sequence));
            if (waiting.Length < Chunk)
                continue;
            await stream.WriteAsync(waiting.GetBuffer().AsMemory(0, (int)waiting.Length), cancellationToken);
            waiting.SetLength(0);
        }
        await stream.WriteAsync(waiting.GetBuffer().AsMemory(0, (int)waiting.Length), cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>False when it sends more than a syslog collector has to say.</summary>
    private static async Task<bool> EndsAsync(SslStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var said = 0;
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            if ((said += count) > MostSaid)
                return false;
        return true;
    }

    private Sent.Unknown Unknown(string why) => new(Problem.Unavailable($"{Target}: {why}"));

    private static string Why(Exception problem) =>
        problem switch
        {
            AuthenticationException => $"TLS failed: {StatusProblem.Clean(Innermost(problem).Message)}",
            { InnerException: { } inner } => StatusProblem.Clean($"{problem.Message} {inner.Message}"),
            SocketException { SocketErrorCode: SocketError.ConnectionReset } => Unread,
            _ => StatusProblem.Clean(problem.Message),
        };

    private static Exception Innermost(Exception problem) =>
        problem.InnerException is { } inner ? Innermost(inner) : problem;
}
