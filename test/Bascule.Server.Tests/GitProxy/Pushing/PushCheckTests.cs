using Bascule.Core.Audit;
using Bascule.Core.Exchange;
using Bascule.Core.Pushes;
using Bascule.Core.Settings;

namespace Bascule.Server.Tests.GitProxy.Pushing;

/// <summary>Each check by a real push: what is refused, beside what is not.</summary>
public sealed class PushCheckTests(PushStage stage) : IClassFixture<PushStage>
{
    [Fact]
    public async Task HistoryIsRewrittenWhereTheSettingsSaySo()
    {
        await using var door = await stage.OpenAsync(new PushSettings { Force = Refs("refs/heads/dev") });
        await door.PushAsync("HEAD:refs/heads/dev");
        await door.Developer.GitAsync("commit", "-q", "--amend", "-m", "Say it in another way");

        (await door.PushAsync("--force", "HEAD:refs/heads/dev")).Code.ShouldBe(0);
        var (code, text) = await door.PushAsync("--force", "HEAD:refs/heads/main");

        code.ShouldBe(1);
        text.ShouldContain("history of 'main' would be rewritten");
        text.ShouldContain("(refused by pushes.force)");
        (await door.TipAsync("refs/heads/main")).ShouldBe(door.Repository.First);
    }

    [Fact]
    public async Task RefsAreDeletedWhereTheSettingsSaySo()
    {
        await using var door = await stage.OpenAsync(new PushSettings { Delete = Refs("refs/heads/dev") });
        await door.PushAsync("HEAD:refs/heads/dev", "HEAD:refs/heads/other");

        (await door.PushAsync("--delete", "dev")).Code.ShouldBe(0);
        var (code, text) = await door.PushAsync("--delete", "other");

        code.ShouldBe(1);
        text.ShouldContain("'other' may not be deleted");
        (await door.TipAsync("refs/heads/dev")).ShouldBeNull();
        (await door.TipAsync("refs/heads/other")).ShouldBe(door.Repository.First);
    }

    [Fact]
    public async Task AProtectedBranchIsNotPushedTo()
    {
        await using var door = await stage.OpenAsync(new PushSettings { Protected = Refs("refs/heads/main") });
        await CommitAsync(door, "train.py", "print(3)\n");

        (await door.PushAsync("HEAD:refs/heads/dev")).Code.ShouldBe(0);
        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(1);
        text.ShouldContain("'main' is protected");
    }

    [Fact]
    public async Task ASecretInAnyCommitIsFoundAndNotShown()
    {
        var secret = "ghp" + "_" + new string('q', 36);
        await using var door = await stage.OpenAsync();
        await CommitAsync(door, "config.py", $"a = 1\ntoken = '{secret}'\n");
        await CommitAsync(door, "config.py", "a = 1\n");

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(1);
        text.ShouldContain("'config.py' line 2");
        text.ShouldContain("a GitHub token");
        text.ShouldNotContain(secret);
        (await door.EntriesAsync(AuditTypes.PushDecided)).Single().ToJsonString().ShouldNotContain(secret);
    }

    [Fact]
    public async Task EverythingThatIsWrongIsSaidAtOnce()
    {
        await using var door = await stage.OpenAsync(new PushSettings { MaxFile = 1000 });
        await CommitAsync(door, "data/large.bin", new string('x', 1001));
        await CommitAsync(door, ".bascule.yaml", "workflows: {}\n");
        await CommitAsync(door, "key.pem", "-----BEGIN " + "PRIVATE KEY-----\n");

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(1);
        text.ShouldContain("'data/large.bin' has 1001 bytes, more than 1000");
        text.ShouldContain("'.bascule.yaml' is changed by its owners alone");
        text.ShouldContain("'key.pem' line 1");
        var entry = (await door.EntriesAsync(AuditTypes.PushDecided)).ShouldHaveSingleItem();
        entry["facts"]!["reasons"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task WhatTheDefaultBranchAlreadySaysIsNobodysChange()
    {
        await using var door = await stage.OpenAsync();
        await CommitAsync(door, ".bascule.yaml", "workflows: {}\n");
        await door.Developer.PushAsync();
        await CommitAsync(door, "train.py", "print(4)\n");

        var (code, text) = await door.PushAsync("HEAD:refs/heads/dev");

        code.ShouldBe(0, text);
    }

    [Fact]
    public async Task AMergeIsAskedOnlyForWhatItAddsItself()
    {
        var secret = "ghp" + "_" + new string('q', 36);
        await using var door = await stage.OpenAsync();
        await door.Developer.GitAsync("checkout", "-q", "-b", "side");
        await CommitAsync(door, "side.py", "print('side')\n");
        await door.Developer.GitAsync("checkout", "-q", "main");
        await CommitAsync(door, "train.py", "print(5)\n");
        await door.Developer.GitAsync("merge", "-q", "--no-ff", "--no-commit", "side");
        await CommitAsync(door, "side.py", $"print('side')\n{secret}\n");

        var (code, text) = await door.PushAsync("HEAD:refs/heads/main");

        code.ShouldBe(1);
        text.ShouldContain("'side.py' line 2");
    }

    private static async Task CommitAsync(PushDoor door, string path, string text)
    {
        door.Developer.Write(path, text);
        await door.Developer.CommitAsync($"Change {path}");
    }

    private static RefPatterns Refs(params string[] patterns) => new([.. patterns.Select(Glob.Parse)]);
}
