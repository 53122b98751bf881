using Bascule.Server.Tests.World;
using Bascule.Server.Work;

namespace Bascule.Server.Tests.Work;

public sealed class HeldShardsTests
{
    /// <summary>A dispatcher that waits no time looks again and again: it kept a core busy on SQLite, with nothing to do.</summary>
    [Fact]
    public async Task NobodyLooksAfterLeasesThatNobodyElseCanTake()
    {
        await using var world = await ServerWorld.OpenAsync();
        var held = new HeldShards(world.Storage.Shards, world.Clock, _ => { });

        await held.ClaimAsync(world.Clock.GetUtcNow(), default);

        held.Open.ShouldNotBeEmpty();
        held.NextLook.ShouldBe(TimeSpan.MaxValue);
    }
}
