using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Server.GitProxy;
using Bascule.Server.GitProxy.Views;
using Bascule.Server.Mirrors;
using Bascule.Server.Tests.Mirrors;
using Bascule.Testing.Stage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>What a token for some refs shows of a repository, to clients with and without manners.</summary>
public sealed class ViewFetchTests(GitStage stage) : IClassFixture<GitStage>
{
    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("2")]
    [Trait("Threat", "T88")]
    public async Task ClonesWhatThePolicyShowsAndFetchesOn(string version)
    {
        var repository = await ViewRepository.CreateAsync(stage, $"clone-{version}");
        var user = stage.User(repository.Token(), version);

        await user.GitAsync("clone", "-q", repository.Address, ".");

        (await user.GitAsync("rev-parse", "HEAD")).ShouldBe(repository.Train);
        (await user.GitAsync("ls-remote", "origin")).Split('\n').Length.ShouldBe(2, "HEAD and train");
        (await user.TryAsync("cat-file", "-e", repository.Hidden)).Code.ShouldNotBe(0);
        await repository.Developer.GitAsync("checkout", "-q", repository.Train);
        var next = await repository.AddAsync("train", "more");
        await user.GitAsync("fetch", "-q", "origin");
        (await user.GitAsync("rev-parse", "origin/train")).ShouldBe(next);
        await user.GitAsync("fsck", "--strict");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("2")]
    [Trait("Threat", "T88")]
    public async Task HandsOutNothingThatIsHiddenToWhoKnowsItsId(string version)
    {
        var repository = await ViewRepository.CreateAsync(stage, $"want-{version}");
        var token = repository.Token();

        foreach (var hidden in new[] { repository.Hidden, repository.HiddenBlob, $"{repository.Hidden[..39]}0" })
            (await repository.WantAsync(token, version, hidden)).ShouldNotContain("PACK", Case.Sensitive);
        (await repository.WantAsync(token, version, repository.Train)).ShouldContain("PACK", Case.Sensitive);
        (await repository.WantAsync(repository.Token("refs/heads/secret"), version, repository.Hidden)).ShouldContain(
            "PACK",
            Case.Sensitive
        );
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [Trait("Threat", "T88")]
    public async Task DoesNotTellWhetherSomethingHiddenIsThere(string version)
    {
        var repository = await ViewRepository.CreateAsync(stage, $"have-{version}");
        var token = repository.Token();

        (await repository.HaveAsync(token, version, repository.Hidden)).ShouldNotContain(repository.Hidden);
        (await repository.HaveAsync(token, version, repository.Train)).ShouldContain($"ACK {repository.Train}");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [Trait("Threat", "T88")]
    [Trait("Threat", "T106")]
    public async Task ForgetsWhatARewrittenBranchLedTo(string version)
    {
        var repository = await ViewRepository.CreateAsync(stage, $"rewritten-{version}");
        var token = repository.Token();
        (await repository.WantAsync(token, "2", repository.Train)).ShouldContain("PACK", Case.Sensitive);

        var now = await repository.PushAsync("train", "another history");

        (await repository.WantAsync(token, version, now)).ShouldContain("PACK", Case.Sensitive);
        (await repository.WantAsync(token, version, repository.Train)).ShouldNotContain("PACK", Case.Sensitive);
    }

    [Fact]
    [Trait("Threat", "T88")]
    public async Task ForgetsWhatADeletedBranchLedTo()
    {
        var repository = await ViewRepository.CreateAsync(stage, "deleted");
        var token = repository.Token("refs/heads/*");
        (await repository.WantAsync(token, "2", repository.Hidden)).ShouldContain("PACK", Case.Sensitive);

        await repository.Developer.GitAsync("push", "-q", "origin", ":refs/heads/secret");

        (await repository.WantAsync(token, "2", repository.Hidden)).ShouldNotContain("PACK", Case.Sensitive);
    }

    [Fact]
    [Trait("Threat", "T88")]
    public async Task ShowsANarrowerPolicyNothingOfWhatAWiderOneShowed()
    {
        var repository = await ViewRepository.CreateAsync(stage, "narrowed");
        var wide = repository.Token("refs/heads/train,refs/heads/secret");
        (await repository.WantAsync(wide, "2", repository.Hidden)).ShouldContain("PACK", Case.Sensitive);

        (await repository.WantAsync(repository.Token(), "2", repository.Hidden)).ShouldNotContain(
            "PACK",
            Case.Sensitive
        );
    }

    [Fact]
    public async Task ClonesShallowlyAndPartlyAndTakesTags()
    {
        var repository = await ViewRepository.CreateAsync(stage, "kinds");
        await repository.Developer.GitAsync("tag", "-a", "v1", "-m", "One", repository.Train);
        await repository.Developer.GitAsync("tag", "-a", "x1", "-m", "Other", repository.Hidden);
        await repository.Developer.GitAsync("push", "-q", "origin", "v1", "x1");
        var token = repository.Token("refs/heads/train,refs/tags/v*");
        var (shallow, partial, old) = (stage.User(token), stage.User(token), stage.User(token, "0"));

        await shallow.GitAsync("clone", "-q", "--depth=1", repository.Address, ".");
        await partial.GitAsync("clone", "-q", "--filter=blob:none", repository.Address, ".");
        await old.GitAsync("clone", "-q", "--filter=blob:none", repository.Address, ".");

        (await shallow.GitAsync("rev-list", "--count", "HEAD")).ShouldBe("1");
        await shallow.GitAsync("fetch", "-q", "--unshallow", "--tags");
        (await shallow.GitAsync("tag", "--list")).ShouldBe("v1");
        foreach (var user in new[] { partial, old })
            File.Exists(Path.Combine(user.Folder, "train.py")).ShouldBeTrue();
    }

    [Fact]
    public async Task BuildsAViewOnceHoweverManyAskForItFirst()
    {
        var repository = await ViewRepository.CreateAsync(stage, "crowd");
        var token = repository.Token();
        var asked = 0;
        using (
            stage.World.Watch(passing =>
            {
                if (passing is { Side: Side.Forge, Moment: Moment.Before, Method: "POST" } && IsFetch(passing.Path))
                    Interlocked.Increment(ref asked);
                return Task.CompletedTask;
            })
        )
        {
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 6).Select(_ => repository.WantAsync(token, "2", repository.Train))
            );
            answers.ShouldAllBe(answer => answer.Contains("PACK", StringComparison.Ordinal));
        }
        asked.ShouldBe(2, "one list and one pack");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Threat", "T88")]
    public async Task AViewThatWasLeftHalfDoneIsMadeAnew(bool isHalfDone)
    {
        var repository = await ViewRepository.CreateAsync(stage, $"half-{isHalfDone}".ToLowerInvariant());
        var token = repository.Token();
        (await repository.WantAsync(token, "2", repository.Train)).ShouldContain("PACK", Case.Sensitive);
        var pass = stage.Passes[token];
        await using var views = NewViews(stage.Get<GitProxyOptions>());
        var view = views.Find(pass.Repository, pass.Refs).Value;
        var stray = await TestGit.RunAsync(view.Path, "not for anybody"u8.ToArray(), "hash-object", "-w", "--stdin");
        if (isHalfDone)
            await File.WriteAllTextAsync(view.Path + ".dirty", "");

        (await view.RefreshAsync(await repository.AskAsync(pass), default)).Problem.ShouldBeNull();

        var objects = await TestGit.RunAsync(view.Path, "cat-file", "--batch-check", "--batch-all-objects");
        objects.Contains(stray, StringComparison.Ordinal).ShouldBe(!isHalfDone);
        objects.ShouldContain(repository.Train);
    }

    [Fact]
    public async Task RemovesViewsThatNobodyUsesUntilTheRestFits()
    {
        var repository = await ViewRepository.CreateAsync(stage, "evicted");
        var token = repository.Token();
        (await repository.WantAsync(token, "2", repository.Train)).ShouldContain("PACK", Case.Sensitive);
        var pass = stage.Passes[token];
        var none = stage.Get<GitProxyOptions>() with { MaxViewBytes = 0, ViewInUse = TimeSpan.FromDays(-1) };
        await using var views = NewViews(none);
        var path = views.Find(pass.Repository, pass.Refs).Value.Path;
        Directory.Exists(path).ShouldBeTrue();

        await views.KeepQuotaAsync();

        Directory.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public async Task WritesDownThatAViewServedIt()
    {
        var repository = await ViewRepository.CreateAsync(stage, "noted");
        var token = repository.Token();
        await repository.WantAsync(token, "2", repository.Train);
        await repository.WantAsync(token, "2", repository.Hidden);

        var uid = stage.Passes[token].Uid;
        var entry = (await stage.EntriesAsync(AuditTypes.GitFetched)).Single(one =>
            (string)one["links"]!["git_token"]! == uid
        );

        ((string)entry["facts"]!["served_by"]!).ShouldBe("view");
        ((string)entry["facts"]!["refs"]!).ShouldBe("refs/heads/train");
        CommitId.Parse((string)entry["facts"]!["wanted"]![0]!).ToString().ShouldBe(repository.Train);
    }

    private Views NewViews(GitProxyOptions options) =>
        new(
            options,
            stage.Get<MirrorOptions>(),
            stage.Get<ForgeListing>(),
            TimeProvider.System,
            NullLogger<Views>.Instance
        );

    private static bool IsFetch(string path) => path.EndsWith("/git-upload-pack", StringComparison.Ordinal);
}
