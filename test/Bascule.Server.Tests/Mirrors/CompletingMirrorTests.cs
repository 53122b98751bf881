using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>A mirror that somebody else has looked with: this one has fetched nothing yet.</summary>
public sealed class CompletingMirrorTests
{
    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task FetchesACommitThatAnotherReplicaHasSeen(string format)
    {
        await using var world = await MirrorWorld.CreateAsync(format: format);
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        var mirror = new CompletingMirror(world.Mirror, world.Access);

        (await mirror.ReadTreeAsync(commit, "", default)).Value.Entries.ShouldHaveSingleItem().Path.ShouldBe("a.txt");
        (await mirror.ReadFileAsync(commit, "a.txt", 100, default)).Value.ShouldNotBeNull();
    }

    [Fact]
    public async Task FetchesACommitThatNoRefLeadsToAnyMore()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.Repository.RunAsync("update-ref", "-d", "refs/heads/main");
        await world.Repository.CommitAsync("main", ("b.txt", "two"));
        var mirror = new CompletingMirror(world.Mirror, world.Access);

        (await mirror.ReadTreeAsync(commit, "", default)).Value.Entries.ShouldHaveSingleItem().Path.ShouldBe("a.txt");
    }

    [Fact]
    public async Task SaysThatACommitIsNotThereWhenTheForgeHasItNoMore()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var tip = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        var mirror = new CompletingMirror(world.Mirror, world.Access);
        var gone = CommitId.Parse(new string('a', 40));

        (await mirror.ReadTreeAsync(gone, "", default)).Problem!.Code.ShouldBe(ProblemCode.NotFound);
        (await mirror.IsAncestorAsync(gone, tip, default)).Value.ShouldBeNull();
    }

    [Fact]
    public async Task WaitsForAForgeThatDoesNotAnswerInsteadOfSayingThatNothingIsThere()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        var mirror = new CompletingMirror(world.Mirror, world.Access);
        await world.Origin.DisposeAsync();

        (await mirror.ReadTreeAsync(commit, "", default)).Problem!.IsTransient.ShouldBeTrue();
    }
}
