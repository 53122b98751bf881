using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

public sealed class ForgeGitTests
{
    [Theory]
    [InlineData(ForgeFlavour.Gitea, "Gitea: Not allowed to push to protected branch main")]
    [InlineData(
        ForgeFlavour.Gogs,
        "Gogs: Branch 'master' is protected and commits must be merged through pull request"
    )]
    public async Task AProtectedBranchTakesNoPush(ForgeFlavour flavour, string text)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        world.Listen();
        world.Forge.ProtectBranch(world.Repository, world.Repository.DefaultBranch);
        var copy = await world.CloneAsync();
        await copy.CommitAsync("a", "1", "one");

        var (code, _, error) = await copy.TryAsync("push", "origin", "HEAD");

        code.ShouldBe(1);
        error.ShouldContain("remote: " + text);
        error.ShouldContain("pre-receive hook declined");
        (await world.HooksAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea, "User permission denied for writing")]
    [InlineData(ForgeFlavour.Gogs, "403")]
    public async Task AnOutsiderReadsAPublicRepositoryAndCannotPush(ForgeFlavour flavour, string text)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        var pub = await world.Forge.CreateRepositoryAsync("alice", "pub", isPrivate: false);
        var copy = await world.CloneAsync("mallory", repository: pub);
        await copy.CommitAsync("a", "1", "one");

        var (code, _, error) = await copy.TryAsync("push", "origin", "HEAD");

        code.ShouldBe(1);
        error.ShouldContain(text);
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea)]
    [InlineData(ForgeFlavour.Gogs)]
    public async Task AnOutsiderCannotCloneAPrivateRepository(ForgeFlavour flavour)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);

        var refused = await Should.ThrowAsync<InvalidOperationException>(() => world.CloneAsync("mallory"));

        refused.Message.ShouldContain("403");
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea, true)]
    [InlineData(ForgeFlavour.Gogs, false)]
    public async Task ACommitThatIsNoTipIsFetchedOnlyWhereTheForgeAllowsIt(ForgeFlavour flavour, bool isGiven)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        var copy = await world.CloneAsync(protocol: 0);
        var buried = await copy.CommitAsync("a", "1", "one");
        await copy.CommitAsync("a", "2", "two");
        await copy.RunAsync("push", "-q", "origin", "HEAD");
        var shallow = await world.CloneAsync(protocol: 0);
        await shallow.RunAsync("checkout", "-q", "--orphan", "none");

        var (code, _, _) = await shallow.TryAsync("-c", "fetch.unpackLimit=1", "fetch", "--depth=1", "origin", buried);

        (code == 0).ShouldBe(isGiven);
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea, true)]
    [InlineData(ForgeFlavour.Gogs, false)]
    public async Task APartialCloneIsServedOnlyByGitea(ForgeFlavour flavour, bool isFiltered)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        var address = new UriBuilder(world.Repository.CloneUrl) { UserName = "alice", Password = "alice-pw-1" }.Uri;
        var copy = await world.CloneAsync();
        var target = copy.Directory + "-partial";

        var (code, _, error) = await copy.TryAsync("clone", "--bare", "--filter=blob:none", address.ToString(), target);

        code.ShouldBe(0);
        error.Contains("filtering not recognized", StringComparison.Ordinal).ShouldBe(!isFiltered);
    }

    [Theory]
    [InlineData(ForgeFlavour.Gitea, 0)]
    [InlineData(ForgeFlavour.Gogs, 1)]
    public async Task PushOptionsAreKnownOnlyToGitea(ForgeFlavour flavour, int expected)
    {
        await using var world = await ForgeWorld.StartAsync(flavour);
        var copy = await world.CloneAsync();
        await copy.CommitAsync("a", "1", "one");

        var (code, _, _) = await copy.TryAsync("push", "-o", "x=y", "origin", "HEAD:opt");

        code.ShouldBe(expected);
    }

    [Theory]
    [InlineData("push -o", "HEAD:opt")]
    [InlineData("push refs/custom", "HEAD:refs/bascule/x")]
    public async Task GiteaTalksToThePusherAsRecorded(string name, string refspec)
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        var copy = await world.CloneAsync();
        await copy.CommitAsync("a", "1", "one");

        var (code, _, error) = await copy.TryAsync("push", "origin", refspec);

        code.ShouldBe(0);
        var recorded = Recording
            .Json(ForgeFlavour.Gitea, "api/git_cli.json")
            .AsArray()
            .First(c => c!["case"]!.GetValue<string>() == name);
        var said = recorded!["stderr"]!
            .GetValue<string>()
            .Replace("http://127.0.0.1:3031/", world.Forge.BaseAddress.ToString(), StringComparison.Ordinal);
        Remote(error).ShouldBe(Remote(said));
    }

    private static IEnumerable<string> Remote(string text) =>
        text.Split('\n').Where(l => l.StartsWith("remote:", StringComparison.Ordinal)).Select(l => l.TrimEnd());

    [Fact]
    public async Task ACompressedRequestIsRead()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        using var client = world.Client("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("alice:alice-pw-1")));
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("0014command=ls-refs\n0000"u8);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/acme/pipelines.git/git-upload-pack");
        request.Headers.Add("Git-Protocol", "version=2");
        request.Content = new ByteArrayContent(packed.ToArray());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-upload-pack-request");
        request.Content.Headers.ContentEncoding.Add("gzip");
        var answer = await client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("refs/heads/main");
    }

    [Fact]
    public async Task ManyPushersAtOnceLoseNothing()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gitea);
        world.Listen();
        var copies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => world.CloneAsync()));

        await Task.WhenAll(
            copies.Select(
                async (copy, i) =>
                {
                    await copy.CommitAsync($"f{i}", "1", $"{i}");
                    await copy.RunAsync("push", "-q", "origin", $"HEAD:refs/heads/b{i}");
                }
            )
        );

        (await world.HooksAsync()).Count(h => h.Event == "push").ShouldBe(4);
        (await copies[0].RunAsync("ls-remote", "--heads", "origin")).Split('\n').Length.ShouldBe(5);
    }

    [Fact]
    public async Task ALargePushStreams()
    {
        await using var world = await ForgeWorld.StartAsync(ForgeFlavour.Gogs);
        var copy = await world.CloneAsync();
        var noise = new byte[3_000_000];
        new Random(7).NextBytes(noise);
        await File.WriteAllBytesAsync(Path.Combine(copy.Directory, "noise.bin"), noise);
        var commit = await copy.CommitAsync("a", "1", "large");

        await copy.RunAsync("-c", "http.postBuffer=65536", "push", "-q", "origin", "HEAD");

        (await copy.RunAsync("ls-remote", "origin", "HEAD")).ShouldStartWith(commit);
    }
}
