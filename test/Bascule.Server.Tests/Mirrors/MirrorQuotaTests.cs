using Bascule.Core.Forges;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Tests.Mirrors;

public sealed class MirrorQuotaTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ThoseThatNobodyUsedForLongestGiveWayUntilTheRestFits()
    {
        KeptMirror[] mirrors = [Kept(1, 40, -3), Kept(2, 40, -9), Kept(3, 40, -6), Kept(4, 40, 0)];

        var chosen = MirrorQuota.Choose(mirrors, limit: 100, unusedSince: Noon.AddHours(-1));

        chosen.Select(mirror => mirror.Key.Id).ShouldBe([2, 3]);
    }

    [Fact]
    public void WhatIsInUseNeverGivesWay()
    {
        KeptMirror[] mirrors = [Kept(1, 400, 0), Kept(2, 40, -2)];

        MirrorQuota.Choose(mirrors, 100, Noon.AddHours(-1)).Select(mirror => mirror.Key.Id).ShouldBe([2]);
        MirrorQuota.Choose(mirrors, 1000, Noon).ShouldBeEmpty();
    }

    [Fact]
    public async Task AMirrorThatGaveWayCostsAFetch()
    {
        await using var world = await MirrorWorld.CreateAsync(options =>
            options with
            {
                MaxBytes = 1,
                InUse = TimeSpan.FromHours(1),
            }
        );
        var tip = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();
        var mirrors = (GitMirrors)world.Mirrors;

        await mirrors.KeepQuotaAsync();
        (await world.Mirror.DescribeAsync(tip, default)).Problem.ShouldBeNull("it was used just now");
        File.SetLastWriteTimeUtc(Path.Combine(world.MirrorFolder, "HEAD"), DateTime.UtcNow.AddHours(-2));
        await mirrors.KeepQuotaAsync();

        Directory.EnumerateFiles(Path.Combine(world.MirrorFolder, "objects", "pack")).ShouldBeEmpty();
        (await world.Mirror.DescribeAsync(tip, default)).Problem.ShouldNotBeNull();
        (await world.FetchMainAsync()).ShouldBe(tip);
        (await world.Mirror.ReadFileAsync(tip, "a.txt", 100, default)).Value.ShouldNotBeNull();
    }

    [Fact]
    public async Task AMirrorThatThisProcessHasNotOpenedGivesWayToo()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxBytes = 1 });
        var stranger = Path.Combine(world.Options.Folder, "forge1", "99.git");
        Directory.CreateDirectory(Path.Combine(stranger, "objects", "pack"));
        await File.WriteAllBytesAsync(Path.Combine(stranger, "objects", "pack", "old"), new byte[5000]);
        await File.WriteAllTextAsync(Path.Combine(stranger, "HEAD"), "ref: refs/heads/none\n");
        File.SetLastWriteTimeUtc(Path.Combine(stranger, "HEAD"), DateTime.UtcNow.AddDays(-2));

        await ((GitMirrors)world.Mirrors).KeepQuotaAsync();

        MirrorQuota.Read(world.Options.Folder).Single(mirror => mirror.Key.Id == 99).Bytes.ShouldBe(0);
    }

    private static KeptMirror Kept(long id, long bytes, int usedHours) =>
        new(new RepositoryKey("f-one", id), bytes, Noon.AddHours(usedHours));
}
