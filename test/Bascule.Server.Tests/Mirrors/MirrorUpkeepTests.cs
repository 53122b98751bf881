using Bascule.Server.Mirrors;

namespace Bascule.Server.Tests.Mirrors;

public sealed class MirrorUpkeepTests
{
    [Fact]
    public async Task EndsReadersThatNobodyUses()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { ReaderIdle = TimeSpan.Zero });
        var tip = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();
        Processes.Of(world.MirrorFolder).ShouldHaveSingleItem();

        await ((GitMirror)world.Mirror).SweepAsync(default);

        Processes.Of(world.MirrorFolder).ShouldBeEmpty();
        (await world.Mirror.DescribeAsync(tip, default)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task KeepsReadersThatAreInUse()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();

        await ((GitMirror)world.Mirror).SweepAsync(default);

        Processes.Of(world.MirrorFolder).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task JoinsPacksAndLosesNothing()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxPacks = 3 });
        var lost = await world.Repository.CommitAsync("main", ("a.txt", "lost"));
        await world.FetchMainAsync();
        await world.Repository.RunAsync("update-ref", "-d", "refs/heads/main");
        for (var turn = 0; turn < 5; turn++)
        {
            await world.Repository.CommitAsync("main", ("b.txt", $"{turn}"));
            await world.FetchMainAsync();
        }
        Packs(world).ShouldBe(6);

        await ((GitMirror)world.Mirror).SweepAsync(default);

        Packs(world).ShouldBeLessThanOrEqualTo(3);
        (await world.Mirror.ReadFileAsync(lost, "a.txt", 100, default)).Value.ShouldNotBeNull();
        var tip = await world.Repository.CommitAsync("main", ("b.txt", "next"));
        (await world.FetchMainAsync()).ShouldBe(tip);
    }

    [Fact]
    public void RemembersABoundedNumberOfDigests()
    {
        var digests = new BlobDigests(generation: 2);
        foreach (var number in Enumerable.Range(1, 5))
            digests.Add(Id(number), new BlobDigest(default, number));

        digests.Find(Id(1)).ShouldBeNull("two generations of two are kept");
        digests.Find(Id(5))!.Value.Size.ShouldBe(5);
        digests.Find(Id(3))!.Value.Size.ShouldBe(3);
    }

    private static string Id(int number) => new((char)('0' + number), 40);

    private static int Packs(MirrorWorld world) =>
        Directory.GetFiles(Path.Combine(world.MirrorFolder, "objects/pack"), "*.pack").Length;
}
