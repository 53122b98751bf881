using System.Net;
using Bascule.Core.Audit;
using Bascule.Core.Exchange;

namespace Bascule.Server.Tests.GitProxy.Lfs;

/// <summary>Large files through Bascule, by the real git-lfs and by whoever speaks its API.</summary>
public sealed class LfsTests(GitStage stage) : IClassFixture<GitStage>
{
    [Fact]
    public async Task ALargeFileIsPushedAndCloned()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-whole");
        var text = string.Concat(Enumerable.Range(0, 60_000).Select(n => $"{n:D6}\n"));
        var writer = await lfs.UserAsync(lfs.All());
        await writer.GitAsync("clone", "-q", lfs.Address, "work");
        var work = Path.Combine(writer.Folder, "work");
        await writer.GitAsync("-C", "work", "lfs", "track", "*.bin");
        await File.WriteAllTextAsync(Path.Combine(work, "model.bin"), text);
        await writer.GitAsync("-C", "work", "add", "--all");
        await writer.GitAsync("-C", "work", "commit", "-q", "-m", "Model");

        var (code, _, said) = await writer.TryAsync("-C", "work", "push", "-q", "origin", "HEAD:refs/heads/models");

        code.ShouldBe(0, said);
        (await File.ReadAllTextAsync(stage.World.Forge.LfsFile(LfsRepository.OidOf(text)))).ShouldBe(text);
        foreach (var refs in new[] { "refs/**", "refs/heads/models" })
        {
            var reader = await lfs.UserAsync(lfs.Token(refs, GitVerb.Fetch));
            await reader.GitAsync("clone", "-q", "--branch", "models", lfs.Address, "work");
            var model = await File.ReadAllTextAsync(Path.Combine(reader.Folder, "work", "model.bin"));
            model.ShouldBe(text, refs);
        }
    }

    [Fact]
    [Trait("Threat", "T88")]
    public async Task WhatNoShownFilePointsToIsNotThere()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-hidden");
        await lfs.AddAsync("shown", "for everybody");
        await lfs.AddAsync("secret", "for nobody");
        var some = lfs.Token("refs/heads/shown", GitVerb.Fetch);

        (await lfs.AskAsync(some, "download", "for everybody")).Verdict.ShouldBe("download");
        (await lfs.AskAsync(some, "download", "for nobody")).Verdict.ShouldBe("404");
        (await lfs.AskAsync(some, "download", "never was")).Verdict.ShouldBe("404");
        (await lfs.GetAsync(some, "for everybody")).Text.ShouldBe("for everybody");
        var hidden = await lfs.GetAsync(some, "for nobody");
        var never = await lfs.GetAsync(some, "never was");
        (hidden.Status, hidden.Text).ShouldBe((HttpStatusCode.NotFound, never.Text));
        (await lfs.GetAsync(lfs.All(), "for nobody")).Text.ShouldBe("for nobody");
    }

    [Fact]
    [Trait("Threat", "T88")]
    public async Task WhatTheShownFilesPointToNoLongerIsGone()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-rewritten");
        var some = lfs.Token("refs/heads/shown", GitVerb.Fetch);
        await lfs.AddAsync("shown", "the first");
        (await lfs.AskAsync(some, "download", "the first")).Verdict.ShouldBe("download");

        await lfs.AddAsync("shown", "the second");

        (await lfs.AskAsync(some, "download", "the second")).Verdict.ShouldBe("download");
        (await lfs.AskAsync(some, "download", "the first")).Verdict.ShouldBe("404");
    }

    [Fact]
    [Trait("Threat", "T88")]
    public async Task AFileThatPointsToWhatWasNotSentIsNotPushed()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-pointer");
        await lfs.AddAsync("secret", "for nobody");
        var token = lfs.Token("refs/heads/mine/**", GitVerb.Fetch, GitVerb.Push);
        await lfs.Repository.Developer.GitAsync("push", "-q", "origin", "origin/main:refs/heads/mine/base");
        var user = stage.User(token);
        await user.GitAsync("clone", "-q", lfs.Address, "work");
        await File.WriteAllTextAsync(Path.Combine(user.Folder, "work", "x"), LfsRepository.Pointer("for nobody"));
        await user.GitAsync("-C", "work", "add", "--all");
        await user.GitAsync("-C", "work", "commit", "-q", "-m", "Point at something");

        var said = await user.FailAsync("-C", "work", "push", "-q", "origin", "HEAD:refs/heads/mine/one");

        said.ShouldContain("which was not sent through Bascule");
        (await lfs.AskAsync(token, "download", "for nobody")).Verdict.ShouldBe("404");
        (await lfs.AskAsync(token, "upload", "for nobody")).Verdict.ShouldBe(
            "upload",
            "it is not told that it is there"
        );
        (await lfs.PutAsync(token, "for nobody")).Status.ShouldBe(HttpStatusCode.OK);
        await user.GitAsync("-C", "work", "push", "-q", "origin", "HEAD:refs/heads/mine/one");
    }

    [Fact]
    [Trait("Threat", "T88")]
    [Trait("Threat", "T93")]
    public async Task AnObjectOfAnotherRepositoryIsNotHandedOverForItsName()
    {
        var other = await LfsRepository.CreateAsync(stage, "lfs-other");
        await other.AddAsync("main", "of another repository");
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-thief");

        (await lfs.AskAsync(lfs.All(), "upload", "of another repository")).Verdict.ShouldBe("upload");

        (await lfs.AskAsync(lfs.All(), "download", "of another repository")).Verdict.ShouldBe("404");
        (await lfs.PutAsync(lfs.All(), "of another repository", sent: "guess")).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await lfs.GetAsync(lfs.All(), "of another repository")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    [Trait("Threat", "T93")]
    public async Task TheAddressesAreBasculesOwnAndTheCredentialStaysHere()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-addresses");
        await lfs.AddAsync("main", "model");

        foreach (var (operation, text) in new[] { ("download", "model"), ("upload", "another") })
        {
            var reply = await lfs.AskAsync(lfs.All(), operation, text);
            var href = (string)reply.First["actions"]![operation]!["href"]!;
            href.ShouldStartWith($"{lfs.Address}/info/lfs/objects/{LfsRepository.OidOf(text)}/");
            reply.Text.ShouldNotContain(stage.World.Forge.BaseAddress.Authority);
            reply.Text.ShouldNotContain("Authorization");
            reply.Text.ShouldNotContain(stage.World.ForgeToken);
        }
    }

    [Fact]
    [Trait("Threat", "T86")]
    [Trait("Threat", "T87")]
    public async Task EachDirectionAsksForItsVerbAndForAGoodToken()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-verbs");
        await lfs.AddAsync("main", "model");
        var (reading, writing) = (lfs.Token("refs/**", GitVerb.Fetch), lfs.Token("refs/**", GitVerb.Push));
        var gone = lfs.All();
        stage.Passes.Revoke(gone);

        (await lfs.AskAsync(reading, "upload", "more")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await lfs.PutAsync(reading, "more")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await lfs.AskAsync(writing, "download", "model")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await lfs.GetAsync(writing, "model")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await lfs.AskAsync(writing, "upload", "model")).Verdict.ShouldBe("upload", "it is not told what is there");
        (await lfs.AskAsync(reading, "download", "model")).Verdict.ShouldBe("download");
        (await lfs.AskAsync(gone, "download", "model")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await lfs.GetAsync(gone, "model")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await lfs.PutAsync(gone, "more")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task APersonNeedsAnAccountOfTheirOwnToSend()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-person");
        var person = stage.Passes.Give(stage.Key(lfs.Repository), GitVerb.Fetch, GitVerb.Push);

        var asked = await lfs.AskAsync(person, "upload", "model");
        var sent = await lfs.PutAsync(person, "model");

        asked.Status.ShouldBe(HttpStatusCode.Forbidden);
        asked.Text.ShouldContain("linked no account");
        sent.Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task EachObjectIsWrittenDown()
    {
        var lfs = await LfsRepository.CreateAsync(stage, "lfs-audit");
        await lfs.AddAsync("main", "model");
        await lfs.GetAsync(lfs.All(), "model");

        foreach (var type in new[] { AuditTypes.LfsWritten, AuditTypes.LfsRead })
        {
            var entry = (await stage.EntriesAsync(type))[^1];
            ((string)entry["facts"]!["oid"]!).ShouldBe(LfsRepository.OidOf("model"), type);
            ((string)entry["actor"]!).ShouldEndWith("w-ci");
        }
        stage.Audit.IsBroken = true;
        try
        {
            (await lfs.GetAsync(lfs.All(), "model")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await lfs.PutAsync(lfs.All(), "more")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            stage.Audit.IsBroken = false;
        }
        (await lfs.AskAsync(lfs.All(), "download", "more")).Verdict.ShouldBe("404");
    }
}
