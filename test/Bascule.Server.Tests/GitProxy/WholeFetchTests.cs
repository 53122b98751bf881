using Bascule.Core.Audit;
using Bascule.Core.Exchange;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>Real git, a real repository behind a forge, and Bascule between them.</summary>
public sealed class WholeFetchTests(GitStage stage) : IClassFixture<GitStage>
{
    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("2")]
    public async Task ClonesFetchesAndListsInEveryVersionOfTheProtocol(string version)
    {
        var user = stage.User(stage.Token(), version);
        await user.GitAsync("clone", "-q", stage.Address.AbsoluteUri, ".");
        var pushed = await stage.Churn.PushToMainAsync($"for version {version}");

        await user.GitAsync("fetch", "-q", "origin");

        (await user.GitAsync("rev-parse", "origin/main")).ShouldBe(pushed);
        (await user.GitAsync("ls-remote", "origin", "refs/heads/main")).ShouldStartWith(pushed);
        (await user.GitAsync("fsck", "--strict")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    public async Task ClonesShallowlyAndWithoutBlobs(string version)
    {
        await stage.Churn.PushToMainAsync($"one more commit {version}");
        var (shallow, partial) = (stage.User(stage.Token(), version), stage.User(stage.Token(), version));

        await shallow.GitAsync("clone", "-q", "--depth=1", stage.Address.AbsoluteUri, ".");
        await partial.GitAsync("clone", "-q", "--filter=blob:none", stage.Address.AbsoluteUri, ".");

        (await shallow.GitAsync("rev-list", "--count", "HEAD")).ShouldBe("1");
        await shallow.GitAsync("fetch", "-q", "--unshallow");
        File.Exists(Path.Combine(partial.Folder, "train.py")).ShouldBeTrue("the checkout fetched what it needed");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    public async Task WritesDownWhatWasWantedForEachPackAndNothingForAList(string version)
    {
        var token = stage.Token();
        var user = stage.User(token, version);
        await user.GitAsync("ls-remote", stage.Address.AbsoluteUri);
        await user.GitAsync("clone", "-q", stage.Address.AbsoluteUri, ".");
        var head = await user.GitAsync("rev-parse", "HEAD");

        var pass = stage.Passes[token];
        var entry = (await stage.EntriesAsync(AuditTypes.GitFetched)).Single(one =>
            (string)one["links"]!["git_token"]! == pass.Uid
        );

        ((string)entry["actor"]!).ShouldBe($"person:{pass.Holder.Uid}");
        ((string)entry["links"]!["repository"]!).ShouldBe(pass.Repository.ToString());
        ((string)entry["decision"]!["rule"]!).ShouldBe("trust_policies.training");
        entry["facts"]!["wanted"]!.AsArray().Select(want => (string)want!).ShouldContain(head);
        ((string)entry["facts"]!["served_by"]!).ShouldBe("forge");
    }

    [Fact]
    [Trait("Threat", "T93")]
    public async Task ShowsTheForgesCredentialToNobodyAndTheTokenToNobodyElse()
    {
        var token = stage.Token();
        var user = stage.User(token);
        var start = user.Start("clone", stage.Address.AbsoluteUri, ".");
        start.Environment["GIT_CURL_VERBOSE"] = "1";
        start.Environment["GIT_TRACE_PACKET"] = "1";
        using var git = System.Diagnostics.Process.Start(start)!;
        var errors = await git.StandardError.ReadToEndAsync();
        await git.WaitForExitAsync();

        git.ExitCode.ShouldBe(0, errors);
        errors.ShouldNotContain(stage.World.ForgeToken);
        stage.Log.ShouldNotContain(stage.World.ForgeToken);
        stage.Log.ShouldNotContain(token);
    }

    [Fact]
    public async Task SaysInGitWhyItRefuses()
    {
        var said = await stage.User(stage.Token(verbs: GitVerb.Push)).FailAsync("ls-remote", stage.Address.AbsoluteUri);

        said.ShouldContain("403");
    }
}
