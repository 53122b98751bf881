using System.Text;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Server.GitProxy;
using Bascule.Server.GitProxy.Pushing;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Tests.GitProxy.Pushing;

public sealed class PushReplyTests
{
    private static readonly CommitId First = CommitId.Parse(new string('1', 40));

    [Fact]
    [Trait("Threat", "T76")]
    [Trait("Threat", "T155")]
    public async Task NoLineDrivesTheTerminal()
    {
        var packets = await WriteAsync(
            ["side-band-64k"],
            reply => reply.SayAsync("  a\u001b[2J\r\n\u202eb\u001b]8;;https://evil.example\a", default)
        );

        packets.ShouldHaveSingleItem().ShouldBe("\u0002  a[2J b]8;;https://evil.example\n");
    }

    [Fact]
    public async Task TheReportGoesInItsOwnBandAndAnErrorAfterIt()
    {
        var answer = new PushAnswer("ok", [(new RefCommand("refs/heads/main", First, First), null)], []);

        var packets = await WriteAsync(
            ["side-band-64k", "report-status"],
            async reply =>
            {
                await reply.ReportAsync(answer, default);
                await reply.FailAsync("a run failed", default);
            }
        );

        packets.ShouldBe(["\u0001000eunpack ok\n0017ok refs/heads/main\n0000", "\u0003a run failed"]);
    }

    [Fact]
    public async Task AClientWithoutBandsGetsTheReportAlone()
    {
        var answer = new PushAnswer("ok", [(new RefCommand("refs/heads/main", First, First), "no")], []);

        var packets = await WriteAsync(
            ["report-status"],
            async reply =>
            {
                await reply.SayAsync("not heard", default);
                await reply.ReportAsync(answer, default);
            }
        );

        packets.ShouldBe(["unpack ok\n", "ng refs/heads/main no\n"]);
    }

    private static async Task<List<string>> WriteAsync(string[] capabilities, Func<PushReply, Task> write)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        await write(PushReply.Begin(context, new PushRequest([], capabilities.ToHashSet(), [])));
        body.Position = 0;
        List<string> packets = [];
        while (await PktLine.ReadAsync(body, default) is { Kind: PktKind.Data } packet)
            packets.Add(Encoding.UTF8.GetString(packet.Data.Span));
        return packets;
    }
}
