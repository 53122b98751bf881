using System.Diagnostics;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Mirrors;

[Trait("Threat", "T77")]
public sealed class KilledFetchTests
{
    /// <summary>The catalogue asks for 1000; 30 show growth as well and take seconds.</summary>
    [Fact]
    public async Task LeavesNoProcessAndNoFileBehindWhenItIsKilledManyTimes()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();
        var tip = await world.Repository.CommitAsync("main", ("b.txt", new string('x', 5000)));
        var before = Files(world.MirrorFolder);

        for (var kill = 0; kill < 30; kill++)
        {
            world.Origin.StallAfter = 30 + kill * 10;
            using var given = new CancellationTokenSource();
            var fetching = world.Mirror.FetchAsync(world.Access, [MirrorWorld.Main], given.Token);
            await world.Origin.Stalled.WaitAsync();
            await given.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(fetching);
        }

        Files(world.MirrorFolder).ShouldBe(before);
        Processes.Of(world.MirrorFolder).Count.ShouldBeLessThanOrEqualTo(1, "only an idle reader");
        world.Origin.StallAfter = null;
        (await world.FetchMainAsync()).ShouldBe(tip);
    }

    [Fact]
    public async Task SurvivesAGitThatWasKilledFromOutside()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var tip = await world.Repository.CommitAsync("main", ("b.txt", new string('x', 5000)));
        world.Origin.StallAfter = 40;
        var fetching = world.FetchAsync("refs/heads/main");
        await world.Origin.Stalled.WaitAsync();

        foreach (var id in Processes.Of(world.MirrorFolder))
            Kill(id);

        (await fetching).Problem.ShouldNotBeNull();
        await Processes.WaitForNoneAsync(world.MirrorFolder);
        world.Origin.StallAfter = null;
        (await world.FetchMainAsync()).ShouldBe(tip);
    }

    [Fact]
    public async Task SurvivesAReaderThatWasKilledFromOutside()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var tip = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();

        foreach (var id in Processes.Of(world.MirrorFolder))
            Kill(id);

        (await world.Mirror.DescribeAsync(tip, default)).Value.AuthorName.ShouldBe("Ada");
    }

    [Fact]
    public async Task RemovesWhatAnEarlierProcessLeftWhenItOpensAMirror()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var tip = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();
        string[] left =
        [
            "config.lock",
            "packed-refs.lock",
            "objects/pack/tmp_pack_aBc123",
            "objects/pack/pack-1.pack",
            "objects/pack/x.keep",
        ];
        foreach (
            var name in left.Append("refs/bascule/at/" + Path.GetFileName(MirrorRefs.Local(MirrorWorld.Main)) + ".lock")
        )
            await File.WriteAllTextAsync(Path.Combine(world.MirrorFolder, name), "left");
        Directory.CreateDirectory(world.MirrorFolder + ".new-0011223344556677");

        await using var next = new GitMirrors(world.Options, TimeProvider.System, NullLogger<GitMirrors>.Instance);
        var mirror = (await next.OpenAsync(new RepositoryKey("forge1", 7), default)).Value;

        left.ShouldAllBe(name => !File.Exists(Path.Combine(world.MirrorFolder, name)));
        Directory.GetDirectories(Path.GetDirectoryName(world.MirrorFolder)!).ShouldBe([world.MirrorFolder]);
        (await mirror.FetchAsync(world.Access, [MirrorWorld.Main], default)).Value[MirrorWorld.Main].ShouldBe(tip);
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("config")]
    [InlineData("objects")]
    [InlineData("refs")]
    public async Task MakesAMirrorAnewThatLostAPart(string part)
    {
        await using var world = await MirrorWorld.CreateAsync();
        var tip = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();
        Remove(Path.Combine(world.MirrorFolder, part));

        await using var next = new GitMirrors(world.Options, TimeProvider.System, NullLogger<GitMirrors>.Instance);
        var mirror = (await next.OpenAsync(new RepositoryKey("forge1", 7), default)).Value;

        (await mirror.FetchAsync(world.Access, [MirrorWorld.Main], default)).Value[MirrorWorld.Main].ShouldBe(tip);
    }

    [Fact]
    public async Task MakesAMirrorAnewWhosePacksWereLost()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();
        foreach (var pack in Directory.GetFiles(Path.Combine(world.MirrorFolder, "objects/pack")))
            File.Delete(pack);
        var tip = await world.Repository.CommitAsync("main", ("a.txt", "two"));

        (await world.FetchMainAsync()).ShouldBe(tip);

        (await world.Mirror.ReadTreeAsync(tip, "", default)).Value.Entries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task HandsOutNoByteThatTheDiskHasChanged()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var tip = await world.Repository.CommitAsync("main", ("a.txt", string.Concat(Enumerable.Range(0, 2000))));
        await world.FetchMainAsync();
        var pack = Directory.GetFiles(world.MirrorFolder, "*.pack", SearchOption.AllDirectories).Single();
        File.SetUnixFileMode(pack, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var bytes = await File.ReadAllBytesAsync(pack);
        bytes[bytes.Length / 2] ^= 0xff;
        await File.WriteAllBytesAsync(pack, bytes);

        var damaged = await world.Mirror.ReadTreeAsync(tip, "", default);

        damaged.Problem!.Message.ShouldContain("damaged");
        (await world.FetchMainAsync()).ShouldBe(tip);
        (await world.Mirror.ReadTreeAsync(tip, "", default)).Value.Entries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task MakesAMirrorAnewThatGrewTooLarge()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxMirrorBytes = 500 });
        var first = await world.Repository.CommitAsync(
            "main",
            ("a.txt", Convert.ToHexString(Guid.NewGuid().ToByteArray()))
        );
        await world.FetchMainAsync();
        await world.Repository.RunAsync("update-ref", "-d", "refs/heads/main");
        var tip = await world.Repository.CommitAsync("main", ("b.txt", "two"));

        (await world.FetchMainAsync()).ShouldBe(tip);

        (await world.Mirror.DescribeAsync(first, default)).Problem.ShouldNotBeNull();
    }

    private static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }

    private static List<string> Files(string folder) =>
        [
            .. Directory
                .EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal),
        ];
}
