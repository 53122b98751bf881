using Bascule.Core.Work;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class ShardConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private IShards Held => Storage.Shards;

    [Fact]
    public async Task AShardWithDueWorkIsClaimedOnceAndWithANewFenceAfterItsRelease()
    {
        await AddAsync("lane");
        var first = Of("lane", await Held.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldNotBeNull();

        Of("lane", await Held.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldBeNull();
        await Held.ReleaseAsync([first], ShardRelease.Idle, None);

        Of("lane", await Held.ClaimAsync(Noon, TimeSpan.Zero, None))
            .ShouldNotBeNull()
            .Fence.ShouldBeGreaterThan(first.Fence);
    }

    [Fact]
    public async Task AHeldLeaseIsRenewedAndAReleasedOneIsNot()
    {
        await AddAsync("lane");
        var lease = Of("lane", await Held.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldNotBeNull();

        (await Held.RenewAsync([lease], None)).ShouldBe([lease]);
        await Held.ReleaseAsync([lease], ShardRelease.Idle, None);

        (await Held.RenewAsync([lease], None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task AReleaseOfAnOldClaimTakesNothingAway()
    {
        await AddAsync("lane");
        var old = Of("lane", await Held.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldNotBeNull();
        await Held.ReleaseAsync([old], ShardRelease.Idle, None);
        var now = Of("lane", await Held.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldNotBeNull();

        await Held.ReleaseAsync([old], ShardRelease.Idle, None);

        (await Held.RenewAsync([now], None)).ShouldBe([now]);
    }

    [Fact]
    public async Task WhatIsWrittenUnderALeaseThatHoldsIsStored()
    {
        await AddAsync("lane");
        var lease = Of("lane", await Held.ClaimAsync(Noon, TimeSpan.Zero, None)).ShouldNotBeNull();

        using (Held.Under(lease))
            await ApplyAsync(new AddWork(new NewWork("other", "kind", "written", Noon)));

        (await Storage.Work.ReadDueAsync(Noon, [], 10, None)).Select(item => item.Subject).ShouldContain("written");
    }

    [Fact]
    public void ALaneAlwaysLiesOnTheSameShard()
    {
        Shards.Of("ref:f-1/7:refs/heads/main").ShouldBe(28);
        Enumerable.Range(0, 1000).Select(lane => Shards.Of($"lane {lane}")).Distinct().Count().ShouldBe(Shards.Count);
    }

    protected static ShardLease? Of(string lane, IReadOnlyList<ShardLease> leases) =>
        leases.FirstOrDefault(lease => lease.Shard == Shards.Of(lane));

    protected Task AddAsync(string lane) => ApplyAsync(new AddWork(new NewWork(lane, "kind", "subject", Noon)));
}
