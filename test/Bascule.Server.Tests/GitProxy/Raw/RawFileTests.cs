using System.Net;
using System.Net.Http.Headers;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;

namespace Bascule.Server.Tests.GitProxy.Raw;

/// <summary>What is answered to whoever asks for one file.</summary>
public sealed class RawFileTests(GitStage stage) : IClassFixture<GitStage>
{
    private const string File = RawRepository.Branch + "/config/app.yaml";

    [Fact]
    public async Task AFileIsAnsweredWithItsCommitAndItsTag()
    {
        var files = await RawRepository.CreateAsync(stage, "raw");

        var reply = await files.GetAsync(files.Token(), File);

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply.Text.ShouldBe("rate: 1\n");
        reply.Tag.ShouldBe($"\"{await files.Developer.GitAsync("rev-parse", "HEAD:config/app.yaml")}\"");
        reply.Header("Bascule-Commit").ShouldBe(files.Commit);
        reply.Header("Cache-Control").ShouldBe("no-cache, private");
        reply.Answer.Content.Headers.ContentLength.ShouldBe(8);
    }

    [Fact]
    public async Task ARefIsHeadOrAFullNameOrACommit()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-refs");
        await files.Developer.GitAsync("tag", "-a", "v1", "-m", "One");
        await files.Developer.GitAsync("push", "-q", "origin", "v1");
        var token = files.Token("refs/**");
        foreach (var at in new[] { RawRepository.Branch, "refs/tags/v1", files.Commit })
            (await files.GetAsync(token, $"{at}/empty")).Header("Bascule-Commit").ShouldBe(files.Commit, at);

        (await files.GetAsync(token, "HEAD/train.py")).Status.ShouldBe(HttpStatusCode.OK);
        (await files.GetAsync(files.Token(), "HEAD/train.py")).Status.ShouldBe(HttpStatusCode.NotFound, "hides main");
        (await files.GetAsync(token, "main/train.py")).Status.ShouldBe(HttpStatusCode.NotFound, "a short name");
        (await files.GetAsync(token, $"{files.Commit[..12]}/empty")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task WhatIsKnownAlreadyIsNotSentAgain()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-known");
        var token = files.Token();
        var tag = (await files.GetAsync(token, File)).Tag;

        var known = await files.GetAsync(token, File, one => one.Headers.TryAddWithoutValidation("If-None-Match", tag));
        var other = await files.GetAsync(token, File, one => one.Headers.IfNoneMatch.ParseAdd("\"other\""));

        known.Status.ShouldBe(HttpStatusCode.NotModified);
        known.Bytes.ShouldBeEmpty();
        (known.Tag, known.Header("Bascule-Commit")).ShouldBe((tag, files.Commit));
        other.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task HeadSaysTheSameWithoutTheBytes()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-head");
        using var request = files.Ask(HttpMethod.Head, File, files.Token());

        using var answer = await stage.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.ETag.ShouldNotBeNull();
        answer.Content.Headers.ContentLength.ShouldBe(8);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
    }

    [Theory]
    [InlineData("page.html", "text/plain; charset=utf-8")]
    [InlineData("empty", "text/plain; charset=utf-8")]
    [InlineData("a%20b/%C3%BC%23%3F.txt", "text/plain; charset=utf-8")]
    [InlineData("bytes", "application/octet-stream")]
    [Trait("Threat", "T124")]
    public async Task NothingIsSentAsSomethingThatABrowserRuns(string path, string type)
    {
        var files = await RawRepository.CreateAsync(stage, $"raw-{Guid.NewGuid():N}");

        var reply = await files.GetAsync(files.Token(), $"{RawRepository.Branch}/{path}");

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply.Answer.Content.Headers.ContentType!.ToString().ShouldBe(type);
        reply.Header("X-Content-Type-Options").ShouldBe("nosniff");
        reply.Header("Content-Security-Policy").ShouldBe("sandbox; default-src 'none'");
    }

    [Theory]
    [InlineData(0, 5, "00000\n")]
    [InlineData(6, 11, "00001\n")]
    [InlineData(239_994, null, "39999\n")]
    [InlineData(null, 6, "39999\n")]
    public async Task APartIsAnsweredToWhoAsksForIt(int? from, int? to, string text)
    {
        var files = await RawRepository.CreateAsync(stage, $"raw-{Guid.NewGuid():N}");

        var part = await files.GetAsync(
            files.Token(),
            RawRepository.Branch + "/large.txt",
            request => request.Headers.Range = new RangeHeaderValue(from, to)
        );

        part.Status.ShouldBe(HttpStatusCode.PartialContent);
        part.Text.ShouldBe(text);
        part.Answer.Content.Headers.ContentRange!.Length.ShouldBe(240_000);
    }

    [Fact]
    public async Task AFileOfManyPiecesArrivesWhole()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-large");

        var reply = await files.GetAsync(files.Token(), RawRepository.Branch + "/large.txt");

        reply.Bytes.Length.ShouldBe(240_000);
        reply.Text.ShouldEndWith("39998\n39999\n");
    }

    [Fact]
    public async Task EachFileIsWrittenDownBeforeItsFirstByte()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-audit");
        var token = files.Token();
        await files.GetAsync(token, File);

        var entry = (await stage.EntriesAsync(AuditTypes.GitFileRead))[^1];
        ((string)entry["actor"]!).ShouldBe(stage.Passes[token].Holder.AuditName);
        var facts = entry["facts"]!;
        ((string)facts["commit"]!, (string)facts["path"]!).ShouldBe((files.Commit, "config/app.yaml"));
        ((string)facts["ref"]!).ShouldBe(RawRepository.Branch);

        stage.Audit.IsBroken = true;
        try
        {
            var refused = await files.GetAsync(token, File);
            refused.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Text.ShouldNotContain("rate");
        }
        finally
        {
            stage.Audit.IsBroken = false;
        }
    }

    [Fact]
    [Trait("Threat", "T87")]
    public async Task ATokenIsNeededAndItsVerb()
    {
        var files = await RawRepository.CreateAsync(stage, "raw-verb");
        using var request = files.Ask(HttpMethod.Get, File, "nobody");
        using var answer = await stage.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await files.GetAsync(files.Token(verb: GitVerb.Push), File)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }
}
