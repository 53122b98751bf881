using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Intake;

/// <summary>Requests that no client library sends, byte by byte.</summary>
public sealed class WireTests
{
    private static string Signed =>
        $"X-Gitea-Signature: {IntakeStage.Sign(IntakeStage.Push())}\r\nX-Gitea-Delivery: id-1\r\nConnection: close\r\n";

    private static string Chunk => $"{IntakeStage.Push().Length:x}";

    [Fact]
    public async Task TakesWhatIsWellFormedWithALengthAndInChunks()
    {
        await using var stage = await IntakeStage.StartAsync();
        var push = IntakeStage.Push();

        var plain = await RawClient.SendAsync(
            stage.World.Address,
            stage.Raw($"Content-Length: {push.Length}\r\n" + Signed, push)
        );
        var chunked = await RawClient.SendAsync(
            stage.World.Address,
            stage.Raw("Transfer-Encoding: chunked\r\n" + Signed, $"{Chunk};ext=1\r\n{push}\r\n0\r\n\r\n")
        );

        plain.ShouldStartWith("HTTP/1.1 202 ");
        chunked.ShouldStartWith("HTTP/1.1 202 ");
        chunked.ShouldContain("redelivered");
    }

    public static TheoryData<string, string, string> Smuggled =>
        new()
        {
            { "bare LF in a chunk extension", "Transfer-Encoding: chunked\r\n", "CHUNK;x\nPUSH\r\n0\r\n\r\n" },
            { "bare LF after a chunk size", "Transfer-Encoding: chunked\r\n", "CHUNK\nPUSH\r\n0\r\n\r\n" },
            { "bare CR in a chunk extension", "Transfer-Encoding: chunked\r\n", "CHUNK;x\ry\r\nPUSH\r\n0\r\n\r\n" },
            { "negative chunk size", "Transfer-Encoding: chunked\r\n", "-1\r\nPUSH\r\n0\r\n\r\n" },
            { "overflowing chunk size", "Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nPUSH\r\n0\r\n\r\n" },
            { "two lengths", "Content-Length: LENGTH\r\nContent-Length: 1\r\n", "PUSH" },
            { "space before the colon", "Content-Length : LENGTH\r\n", "PUSH" },
            { "folded header", "Content-Length: LENGTH\r\nX-A: b\r\n c\r\n", "PUSH" },
            {
                "chunked is not the last coding",
                "Transfer-Encoding: chunked, identity\r\n",
                "CHUNK\r\nPUSH\r\n0\r\n\r\n"
            },
            { "header line without a name", "Content-Length: LENGTH\r\n: x\r\n", "PUSH" },
            { "NUL in a header", "Content-Length: LENGTH\r\nX-A: a\0b\r\n", "PUSH" },
        };

    [Theory]
    [MemberData(nameof(Smuggled))]
    [Trait("Threat", "T20")]
    public async Task AnAmbiguousRequestIsRefused(string what, string headers, string body)
    {
        await using var stage = await IntakeStage.StartAsync();
        var push = IntakeStage.Push();
        string Fill(string text) =>
            text.Replace("CHUNK", Chunk, StringComparison.Ordinal)
                .Replace("LENGTH", $"{push.Length}", StringComparison.Ordinal)
                .Replace("PUSH", push, StringComparison.Ordinal);

        var answer = await RawClient.SendAsync(stage.World.Address, stage.Raw(Fill(headers) + Signed, Fill(body)));

        if (answer.Length > 0)
            answer.ShouldStartWith("HTTP/1.1 400 ", customMessage: what);
        await stage.ShouldHaveStoredNothingAsync();
    }

    [Fact]
    [Trait("Threat", "T20")]
    public async Task WhatFollowsARefusedBodyIsNotReadAsAnotherRequest()
    {
        await using var stage = await IntakeStage.StartAsync();
        var push = IntakeStage.Push();
        var second = stage.Raw($"Content-Length: {push.Length}\r\n" + Signed, push);
        var first = stage.Raw("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0;x\n\r\n" + second);

        var answer = await RawClient.SendAsync(stage.World.Address, first);

        answer.Split("HTTP/1.1 ").Length.ShouldBeLessThanOrEqualTo(2);
        answer.ShouldNotContain("202 Accepted");
        await stage.ShouldHaveStoredNothingAsync();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [Trait("Threat", "T20")]
    public async Task OnlyPostDelivers(string method)
    {
        await using var stage = await IntakeStage.StartAsync();
        var push = IntakeStage.Push();

        var answer = await RawClient.SendAsync(
            stage.World.Address,
            stage.Raw($"X-HTTP-Method-Override: POST\r\nContent-Length: {push.Length}\r\n" + Signed, push, method)
        );

        answer.ShouldStartWith("HTTP/1.1 405 ");
        await stage.ShouldHaveStoredNothingAsync();
    }

    [Fact]
    [Trait("Threat", "T03")]
    public async Task ARepeatedSignatureHeaderIsRefused()
    {
        await using var stage = await IntakeStage.StartAsync();
        var push = IntakeStage.Push();
        var twice = $"X-Gitea-Signature: {new string('0', 64)}\r\nContent-Length: {push.Length}\r\n" + Signed;

        var answer = await RawClient.SendAsync(stage.World.Address, stage.Raw(twice, push));

        answer.ShouldStartWith("HTTP/1.1 400 ");
        await stage.ShouldHaveStoredNothingAsync();
    }
}
