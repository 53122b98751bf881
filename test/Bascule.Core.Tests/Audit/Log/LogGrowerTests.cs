using Bascule.Core.Audit.Log;

namespace Bascule.Core.Tests.Audit.Log;

public sealed class LogGrowerTests
{
    private static readonly TreeHash[] _leaves = PlainTree.Leaves(66_500);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(255, 1, 1)]
    [InlineData(256, 256, 257)]
    [InlineData(300, 700, 3)]
    [InlineData(65_535, 1, 800)]
    public async Task GrowsAsIfItHadBeenWholeFromTheBeginning(params int[] steps)
    {
        var kept = new KeptTiles();
        var size = 0;
        foreach (var step in steps)
        {
            var grower = (await LogGrower.AtAsync(kept, size, default)).Value;
            foreach (var leaf in _leaves.AsSpan(size, step))
                grower.Add(leaf);
            size += step;
            var growth = grower.Take();
            (growth.Size, growth.Root).ShouldBe((size, PlainTree.Root(_leaves.AsSpan(0, size))));
            kept.Keep(growth);
        }

        for (var level = 0; TileName.HashesOf(level, size) > 0; level++)
        {
            foreach (var name in TileName.Of(level, size))
                (await kept.ReadAsync(name, default)).Value.ToArray().ShouldBe(await PlainAsync(name), name.Path);
        }
    }

    [Fact]
    public async Task GrowsByNothing()
    {
        var growth = (await LogGrower.AtAsync(new KeptTiles(), 0, default)).Value.Take();

        (growth.Size, growth.Root, growth.Tiles.Count).ShouldBe((0, TreeHash.Empty, 0));
    }

    [Fact]
    public async Task RefusesToGoOnWithoutItsEdge() =>
        (await LogGrower.AtAsync(new KeptTiles(), 3, default)).Problem.ShouldNotBeNull();

    private static async Task<byte[]> PlainAsync(TileName name) =>
        (await new PlainTiles(_leaves).ReadAsync(name, default)).Value.ToArray();

    private sealed class KeptTiles : ITiles
    {
        private readonly Dictionary<(int, long), byte[]> _tiles = [];

        public void Keep(LogGrowth growth)
        {
            foreach (var tile in growth.Tiles)
                _tiles[(tile.Level, tile.Index)] = tile.Hashes;
        }

        public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken) =>
            Task.FromResult(
                _tiles.TryGetValue((name.Level, name.Index), out var hashes)
                    ? Result.Of<ReadOnlyMemory<byte>>(hashes.AsMemory(0, name.Width * TreeHash.Length))
                    : Problem.NotFound("gone")
            );
    }
}
