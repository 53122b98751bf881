using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Mirrors;

[Trait("Threat", "T77")]
[SupportedOSPlatform("linux")]
public sealed class KilledFetchTests
{
    /// <summary>The catalogue asks for 1000; 30 show growth as well and take seconds.</summary>
    [Fact]
    public async Task LeavesNoProcessAndNoFileBehindWhenItIsKilledManyTimes()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();
        var noise = Convert.ToBase64String(RandomNumberGenerator.GetBytes(150_000));
        var tip = await world.Repository.CommitAsync("main", ("b.txt", noise));
        var before = Files(world.MirrorFolder);

        for (var kill = 0; kill < 30; kill++)
        {
            world.Origin.StallAfter = 80_000 + kill * 1000;
            using var given = new CancellationTokenSource();
            var fetching = world.Mirror.FetchAsync(world.Access, [MirrorWorld.Main], given.Token);
            await HalfAPackAsync(world.MirrorFolder);
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

    /// <summary>A well-formed object under another one's id: git itself does not look again when it reads.</summary>
    [Fact]
    [Trait("Threat", "T71")]
    public async Task HandsOutNoObjectUnderAnothersId()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { ReaderIdle = TimeSpan.Zero });
        var tip = await world.Repository.CommitAsync("main", ("a.txt", "one"), ("b.txt", "two"));
        await world.FetchMainAsync();
        await ((GitMirror)world.Mirror).SweepAsync(default);
        foreach (var pack in Directory.GetFiles(world.MirrorFolder, "*.pack", SearchOption.AllDirectories))
        {
            var objects = await File.ReadAllBytesAsync(pack);
            File.Delete(pack);
            await TestGit.RunAsync(world.MirrorFolder, objects, "unpack-objects", "-q");
        }
        File.Delete(await LooseAsync(world, "main:a.txt"));
        File.Copy(await LooseAsync(world, "main:b.txt"), await LooseAsync(world, "main:a.txt"));

        (await world.Mirror.ReadFileAsync(tip, "a.txt", 100, default)).Problem!.Message.ShouldContain("damaged");
        (await world.FetchMainAsync()).ShouldBe(tip);
        (await world.Mirror.ReadFileAsync(tip, "a.txt", 100, default)).Value.ShouldNotBeNull();
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

    /// <summary>git writes its file once the first packet, of 64 KiB, has come whole.</summary>
    private static async Task HalfAPackAsync(string folder)
    {
        var packs = Path.Combine(folder, "objects/pack");
        for (var left = 1000; left > 0 && !Directory.EnumerateFiles(packs, "tmp_pack_*").Any(); left--)
            await Task.Delay(10);
        Directory.GetFiles(packs, "tmp_pack_*").ShouldHaveSingleItem();
    }

    /// <summary>One that ended because its parent or child was killed just before needs no kill of its own.</summary>
    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException) { }
        catch (InvalidOperationException) { }
    }

    private static async Task<string> LooseAsync(MirrorWorld world, string revision)
    {
        var id = await world.Repository.RunAsync("rev-parse", revision);
        return Path.Combine(world.MirrorFolder, "objects", id[..2], id[2..]);
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
