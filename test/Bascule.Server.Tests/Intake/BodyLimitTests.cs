using System.IO.Pipelines;
using System.Text;
using Bascule.Core;
using Bascule.Server.Intake;
using Bascule.Server.Tests.World;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Tests.Intake;

[Trait("Threat", "T13")]
public sealed class BodyLimitTests
{
    private static readonly IntakeOptions Small = new(MaxBodyBytes: 2000) { SmallBodyBytes = 500, LargeBodies = 1 };

    [Fact]
    public async Task AnAnnouncedLengthAboveTheLimitIsRefusedBeforeABodyIsRead()
    {
        await using var stage = await IntakeStage.StartAsync(options: Small);

        var answer = await RawClient.SendAsync(
            stage.World.Address,
            stage.Raw("Content-Length: 5368709120\r\n", "not a byte more")
        );

        answer.ShouldStartWith("HTTP/1.1 413 ");
        answer.ShouldContain("Connection: close");
        await stage.ShouldHaveStoredNothingAsync();
    }

    [Fact]
    public async Task AChunkedBodyIsCutAtTheLimit()
    {
        await using var stage = await IntakeStage.StartAsync(options: Small);
        var chunk = $"3e8\r\n{new string('a', 1000)}\r\n";

        var answer = await RawClient.SendAsync(
            stage.World.Address,
            stage.Raw("Transfer-Encoding: chunked\r\n", chunk + chunk + chunk)
        );

        answer.ShouldStartWith("HTTP/1.1 413 ");
        (await stage.CountedAsync()).ShouldBe(["source:127.0.0.1 Limited 1"]);
    }

    [Fact]
    public async Task ABodyOfExactlyTheLimitIsRead()
    {
        await using var stage = await IntakeStage.StartAsync(options: Small);
        var push = IntakeStage.Push();

        (await stage.DeliverAsync(push.PadRight(2000))).Status.ShouldBe(202);
        (await stage.DeliverAsync(push.PadRight(2001))).Status.ShouldBe(413);
    }

    [Fact]
    public async Task AnAnnouncementAloneCostsNoMemory()
    {
        using var reader = new BodyReader(new IntakeOptions());
        var request = Request(Stream.Null, length: 10 * 1024 * 1024);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = reader.ReadAsync(request, default);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        (await read).Value.Length.ShouldBe(0);
        allocated.ShouldBeLessThan(1024 * 1024);
    }

    [Fact]
    public async Task LargeBodiesWaitForEachOtherAndSmallOnesDoNot()
    {
        using var reader = new BodyReader(Small);
        var slow = new Pipe();
        await slow.Writer.WriteAsync(new byte[600]);

        var first = reader.ReadAsync(Request(slow.Reader.AsStream()), default);
        var second = reader.ReadAsync(Request(new MemoryStream(new byte[1000])), default);
        var small = reader.ReadAsync(Request(new MemoryStream(new byte[400])), default);

        (await small).Value.Length.ShouldBe(400);
        second.IsCompleted.ShouldBeFalse();
        await slow.Writer.CompleteAsync();
        (await first).Value.Length.ShouldBe(600);
        (await second).Value.Length.ShouldBe(1000);
    }

    [Fact]
    public async Task ARefusedLargeBodyGivesItsPlaceBack()
    {
        using var reader = new BodyReader(Small);

        for (var i = 0; i < 3; i++)
            (await reader.ReadAsync(Request(new MemoryStream(new byte[3000])), default)).Problem!.Code.ShouldBe(
                ProblemCode.Limited
            );

        (
            await reader.ReadAsync(Request(new MemoryStream(Encoding.ASCII.GetBytes("x"))), default)
        ).Value.Length.ShouldBe(1);
        (await reader.ReadAsync(Request(new MemoryStream(new byte[1500])), default)).Value.Length.ShouldBe(1500);
    }

    private static HttpRequest Request(Stream body, long? length = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = body;
        context.Request.ContentLength = length;
        return context.Request;
    }
}
