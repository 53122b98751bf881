using System.Net.Sockets;
using Bascule.Core.Audit.Shipping;

namespace Bascule.Connectors.Tests.Collectors;

/// <summary>What counts as an acknowledgement where the protocol has none.</summary>
[Trait("Threat", "T122")]
public sealed class SyslogEndTests : IDisposable
{
    private readonly SyslogStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task WhoeverReadsToTheEndAndEndsItselfHasAcknowledged()
    {
        var read = 0;

        var sent = await SendAsync(
            async (stream, _) =>
            {
                read = await SyslogPeer.ReadAsync(stream);
                await stream.ShutdownAsync();
            }
        );

        sent.ShouldBe(new Sent.Acknowledged());
        read.ShouldBeGreaterThan(1000);
    }

    /// <summary>TLS alone cannot tell this from the one above.</summary>
    [Fact]
    public async Task WhoeverClosesWithoutReadingHasNot() =>
        (
            await SendAsync(
                async (stream, socket) =>
                {
                    await SyslogPeer.WaitAsync(socket);
                    await stream.ShutdownAsync();
                    socket.Close();
                }
            )
        ).ShouldBeOfType<Sent.Unknown>();

    [Fact]
    public async Task WhoeverResetsTheConnectionHasNot() =>
        (
            await SendAsync(
                async (stream, socket) =>
                {
                    await stream.ReadExactlyAsync(new byte[100]);
                    socket.LingerState = new LingerOption(true, 0);
                    socket.Close();
                }
            )
        ).ShouldBeOfType<Sent.Unknown>();

    [Fact]
    public async Task WhoeverReadsAndDoesNotEndHasNot()
    {
        var done = new TaskCompletionSource();

        var sent = await SendAsync(
            async (stream, _) =>
            {
                await SyslogPeer.ReadAsync(stream);
                await done.Task;
            },
            TimeSpan.FromSeconds(1),
            done
        );

        sent.ShouldBeOfType<Sent.Unknown>().Problem.Message.ShouldContain("end the connection");
    }

    [Fact]
    public async Task WhoeverTalksIsNoSyslogCollector() => (
            await SendAsync(
                async (stream, _) =>
                {
                    await SyslogPeer.ReadAsync(stream);
                    await stream.WriteAsync(new byte[100_000]);
                    await stream.ShutdownAsync();
                }
            )
        ).ShouldBeOfType<Sent.Unknown>().Problem.Message.ShouldContain("is it a syslog collector?");

    private async Task<Sent> SendAsync(
        Func<System.Net.Security.SslStream, Socket, Task> act,
        TimeSpan? timeout = null,
        TaskCompletionSource? done = null
    )
    {
        await using var peer = new SyslogPeer(_stage.Authority.ServerCertificate, act);
        await using var collector = _stage.Open(peer.Port, timeout: timeout);
        var sent = await collector.SendAsync(Entries.Many(0, 500), default);
        done?.SetResult();
        return sent;
    }
}
