using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Server.Tests.Mirrors;

public sealed class GitMirrorFetchTests
{
    [Fact]
    public async Task AnswersWhereAFetchedBranchPoints()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));

        var fetched = await world.FetchAsync("refs/heads/main");

        fetched.Value.ShouldBe(new Dictionary<RefName, CommitId> { [MirrorWorld.Main] = commit });
    }

    [Fact]
    public async Task FollowsABranchThatMoves()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var first = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        (await world.FetchMainAsync()).ShouldBe(first);

        var second = await world.Repository.CommitAsync("main", ("a.txt", "two"));

        (await world.FetchMainAsync()).ShouldBe(second);
        (await world.Mirror.IsAncestorAsync(first, second, default)).Value.ShouldBe(true);
        (await world.Mirror.IsAncestorAsync(second, first, default)).Value.ShouldBe(false);
    }

    [Fact]
    public async Task KeepsWhatAForcePushLeftBehind()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var lost = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();
        await world.Repository.RunAsync("update-ref", "-d", "refs/heads/main");
        var now = await world.Repository.CommitAsync("main", ("b.txt", "two"));

        (await world.FetchMainAsync()).ShouldBe(now);

        (await world.Mirror.ReadFileAsync(lost, "a.txt", 100, default)).Value.ShouldNotBeNull();
        (await world.Mirror.IsAncestorAsync(lost, now, default)).Value.ShouldBe(false);
    }

    [Fact]
    public async Task LeavesOutARefThatIsNotThere()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));

        var fetched = await world.FetchAsync("refs/heads/gone", "refs/heads/main", "refs/pull/4/head");

        fetched.Value.ShouldBe(new Dictionary<RefName, CommitId> { [MirrorWorld.Main] = commit });
        (await world.FetchAsync("refs/pull/4/head")).Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task LeavesOutARefThatWasDeletedSinceTheLastFetch()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();

        await world.Repository.RunAsync("update-ref", "-d", "refs/heads/main");

        (await world.FetchAsync("refs/heads/main")).Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task AsksForTheListWhenManyRefsAreMissing()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        var absent = Enumerable.Range(0, 20).Select(number => $"refs/heads/gone{number}");

        var fetched = await world.FetchAsync([.. absent, "refs/heads/main"]);

        fetched.Value.ShouldBe(new Dictionary<RefName, CommitId> { [MirrorWorld.Main] = commit });
        world.Origin.Requests.Count.ShouldBeLessThan(20);
    }

    [Fact]
    public async Task ResolvesAnAnnotatedTagToItsCommit()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.Repository.RunAsync("-c", "user.name=a", "-c", "user.email=a@b", "tag", "-m", "one", "v1", "main");

        (await world.FetchAsync("refs/tags/v1")).Value[RefName.Parse("refs/tags/v1")].ShouldBe(commit);
        (await world.Mirror.ListRemoteAsync(world.Access, default))
            .Value[RefName.Parse("refs/tags/v1")]
            .ShouldBe(commit);
    }

    [Fact]
    public async Task ListsBranchesTagsAndPullRequestHeadsWithoutFetching()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        foreach (var name in new[] { "refs/tags/v1", "refs/pull/4/head", "refs/pull/4/merge", "refs/secret/x" })
            await world.Repository.RunAsync("update-ref", name, commit.ToString());

        var listed = await world.Mirror.ListRemoteAsync(world.Access, default);

        listed
            .Value.Keys.Select(name => name.ToString())
            .ShouldBe(["refs/heads/main", "refs/pull/4/head", "refs/tags/v1"], ignoreOrder: true);
        (await world.Mirror.DescribeAsync(commit, default)).Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [Fact]
    public async Task FetchesARepositoryWhoseObjectsAreNamedBySha256()
    {
        await using var world = await MirrorWorld.CreateAsync(format: "sha256");
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));

        (await world.FetchMainAsync()).ShouldBe(commit);

        commit.ToString().Length.ShouldBe(64);
        (await world.Mirror.ReadTreeAsync(commit, "", default)).Value.Entries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task AnswersAnEmptyRepositoryWithNothing()
    {
        await using var world = await MirrorWorld.CreateAsync();

        (await world.FetchAsync("refs/heads/main")).Value.ShouldBeEmpty();
        (await world.Mirror.ListRemoteAsync(world.Access, default)).Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task OpensOneMirrorForConcurrentCallers()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "one"));
        var key = new RepositoryKey("forge1", 8);

        var opened = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => world.Mirrors.OpenAsync(key, default)))
        );
        var fetched = await Task.WhenAll(
            opened.Select(mirror => mirror.Value.FetchAsync(world.Access, [MirrorWorld.Main], default))
        );

        opened.Select(mirror => mirror.Value).Distinct().ShouldHaveSingleItem();
        fetched.ShouldAllBe(result => result.Problem == null);
    }

    [Fact]
    public async Task FetchesThousandsOfRefsAtOnce()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        var names = Enumerable.Range(0, 600).Select(number => $"refs/heads/b{number}").ToArray();
        var updates = string.Concat(names.Select(name => $"create {name} {commit}\n"));
        await world.Repository.RunAsync(System.Text.Encoding.ASCII.GetBytes(updates), "update-ref", "--stdin");

        (await world.FetchAsync(names)).Value.Count.ShouldBe(600);
    }
}
