using System.Net;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;

namespace Bascule.Server.Tests.GitProxy.Lfs;

/// <summary>Bytes that are not what their name says, and questions that are none.</summary>
public sealed class LfsContentTests(GitStage stage) : IClassFixture<GitStage>
{
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [Trait("Threat", "T69")]
    public async Task BytesOfTheForgeThatAreNotTheObjectsOwnNeverArriveWhole(int more)
    {
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef", 20_000 + more + 1));
        var lfs = await LfsRepository.CreateAsync(stage, $"lfs-swapped{more + 1}");
        await lfs.AddAsync("main", text);
        var file = stage.World.Forge.LfsFile(LfsRepository.OidOf(text));
        var bytes = await File.ReadAllBytesAsync(file);
        Array.Resize(ref bytes, bytes.Length + more);
        bytes[^1] = (byte)'!';
        await File.WriteAllBytesAsync(file, bytes);

        await Should.ThrowAsync<HttpRequestException>(async () => await lfs.GetAsync(lfs.All(), text));

        var user = await lfs.UserAsync(lfs.Token("refs/heads/main", GitVerb.Fetch));
        var (code, _, _) = await user.TryAsync("clone", "-q", lfs.Address, "work");
        code.ShouldNotBe(0);
        var kept = Path.Combine(user.Folder, "work", ".git", "lfs", "objects");
        (Directory.Exists(kept) ? Directory.GetFiles(kept, "*", SearchOption.AllDirectories) : []).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("short", false)]
    [InlineData("another", false)]
    [InlineData("another one, and longer", true)]
    [InlineData("sho", true)]
    [Trait("Threat", "T69")]
    public async Task BytesThatAreNotTheObjectsOwnNeverReachTheForge(string sent, bool isChunked)
    {
        var lfs = await LfsRepository.CreateAsync(stage, $"lfs-{Guid.NewGuid():N}");
        var before = stage.World.Forge.Requests.Count;

        var reply = await lfs.PutAsync(lfs.All(), "correct", sent, isChunked);

        reply.Status.ShouldBe(HttpStatusCode.BadRequest);
        // What is announced in another length is not read at all.
        reply
            .Text.Contains("are announced", StringComparison.Ordinal)
            .ShouldBe(!isChunked && sent.Length != "correct".Length);
        var asked = stage.World.Forge.Requests.Skip(before).Where(one => one.Path.Contains("/info/lfs/"));
        asked.ShouldBeEmpty();
        File.Exists(stage.World.Forge.LfsFile(LfsRepository.OidOf("correct"))).ShouldBeFalse();
        if (sent.Length == "correct".Length || isChunked)
            ((bool)(await stage.EntriesAsync(AuditTypes.LfsWritten))[^1]["decision"]!["allow"]!).ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T69")]
    public async Task AnObjectIsSentAsItIs()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-encoded");

        (await lfs.PutAsync(lfs.All(), "correct", encoding: "gzip")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await lfs.PutAsync(lfs.All(), "correct", encoding: "identity")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T88")]
    public async Task AnObjectThatTheForgeRefusesIsNotTakenForSent()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-refused");
        var text = "not for this forge";
        stage.World.Forge.RefuseLfs(LfsRepository.OidOf(text));

        var reply = await lfs.PutAsync(lfs.All(), text);

        reply.Status.ShouldBe(HttpStatusCode.BadRequest);
        reply.Text.ShouldContain("the forge does not take the object");
    }

    [Theory]
    [InlineData("""{"operation":"delete","objects":[]}""")]
    [InlineData("""{"operation":"download","objects":[{"oid":"../../x","size":1}]}""")]
    [InlineData("""{"operation":"download","objects":[{"oid":"aa","size":1}]}""")]
    [InlineData("""{"operation":"download","objects":[{"oid":7,"size":1}]}""")]
    [InlineData(
        """{"operation":"download","objects":[{"oid":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":-1}]}"""
    )]
    [InlineData("""{"operation":"download","hash_algo":"md5","objects":[]}""")]
    [InlineData("""{"operation":"download","transfers":["tus"],"objects":[]}""")]
    [InlineData("""{"operation":"download"}""")]
    [InlineData("[]")]
    [InlineData("no json")]
    public async Task AQuestionThatIsNoneIsRefused(string body)
    {
        var lfs = await LfsRepository.CreateAsync(stage, $"lfs-{Guid.NewGuid():N}");

        (await lfs.BatchAsync(lfs.All(), body)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await lfs.BatchAsync(lfs.All(), """{"operation":"download","objects":[]}""")).Status.ShouldBe(
            HttpStatusCode.OK
        );
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task AQuestionOfAnotherKindIsRefused(string mediaType)
    {
        var lfs = await LfsRepository.CreateAsync(stage, $"lfs-{Guid.NewGuid():N}");

        (await lfs.BatchAsync(lfs.All(), """{"operation":"download","objects":[]}""", mediaType)).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task WhatIsTooLargeOrTooMuchIsRefused()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-large");
        var one = $$"""{"oid":"{{new string('a', 64)}}","size":6000000000}""";

        var large = await lfs.BatchAsync(lfs.All(), $$"""{"operation":"upload","objects":[{{one}}]}""");
        var many = string.Join(',', Enumerable.Repeat(one, 1001));
        var much = await lfs.BatchAsync(lfs.All(), $$"""{"operation":"upload","objects":[{{many}}]}""");

        large.Verdict.ShouldBe("422");
        much.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        much.Text.ShouldContain("\"message\":");
    }

    [Fact]
    [Trait("Threat", "T90")]
    public async Task AnAddressHasOneSpelling()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-spelling");
        await lfs.AddAsync("main", "model");
        var oid = LfsRepository.OidOf("model");

        (await lfs.GetAsync(lfs.All(), $"{oid}/5", "")).Status.ShouldBe(HttpStatusCode.OK);
        foreach (
            var tail in new[] { oid.ToUpperInvariant() + "/5", $"{oid}/05", $"{oid}/+5", $"{oid}/5/", oid, $"{oid}//5" }
        )
            (await lfs.GetAsync(lfs.All(), tail, "")).Status.ShouldBe(HttpStatusCode.NotFound, tail);
        (await lfs.GetAsync(lfs.All(), $"{oid}/5", "?x=1")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await lfs.GetAsync(lfs.All(), $"{oid}/6", "")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    [Trait("Threat", "T69")]
    public async Task ARawFileThatIsKeptInLfsIsItsObjectAndNothingElse()
    {
        var text = string.Concat(Enumerable.Repeat("weights ", 20_000));
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-raw");
        await lfs.AddAsync("main", text);
        using var good = await RawAsync(lfs);
        (await good.Content.ReadAsStringAsync()).ShouldBe(text);
        var file = stage.World.Forge.LfsFile(LfsRepository.OidOf(text));
        await File.WriteAllTextAsync(file, "!" + text[1..]);

        using var swapped = await RawAsync(lfs);

        swapped.Content.Headers.ContentLength.ShouldBe(text.Length);
        await Should.ThrowAsync<HttpRequestException>(() => swapped.Content.ReadAsByteArrayAsync());
    }

    private async Task<HttpResponseMessage> RawAsync(LfsRepository lfs)
    {
        var path = $"/raw/git/{lfs.Repository.FullName}/refs/heads/main/model.bin";
        using var request = new HttpRequestMessage(HttpMethod.Get, stage.Of(path));
        request.Headers.Authorization = new("Bearer", lfs.Token("refs/heads/main", GitVerb.Fetch));
        return await stage.SendAsync(request);
    }
}
