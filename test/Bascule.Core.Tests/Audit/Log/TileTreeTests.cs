using Bascule.Core.Audit.Log;

namespace Bascule.Core.Tests.Audit.Log;

public sealed class TileTreeTests
{
    private static readonly TreeHash[] _leaves = PlainTree.Leaves(70_000);

    public static TheoryData<int> Sizes =>
        [1, 2, 3, 5, 255, 256, 257, 511, 512, 513, 700, 65_535, 65_536, 65_537, 70_000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task TellsTheRootThatTheLeavesHave(int size)
    {
        var tree = new TileTree(new PlainTiles(_leaves), size);
        var edge = new TreeEdge();
        foreach (var leaf in _leaves.AsSpan(0, size))
            edge.Add(leaf);

        (await tree.RootAsync(default)).Value.ShouldBe(PlainTree.Root(_leaves.AsSpan(0, size)));
        edge.Root.ShouldBe(PlainTree.Root(_leaves.AsSpan(0, size)));
        (await tree.EdgeAsync(default)).Value.Root.ShouldBe(edge.Root);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task MakesTheProofsOfTheStandard(int size)
    {
        foreach (
            var number in new[] { 0, 1, 254, 255, 256, size / 2, size - 2, size - 1 }.Where(n => n >= 0 && n < size)
        )
        {
            var tree = new TileTree(new PlainTiles(_leaves), size);
            var leaves = _leaves.AsMemory(0, size);

            (await tree.InclusionAsync(number, default)).Value.ShouldBe(PlainTree.Inclusion(number, leaves.Span));
            (await tree.ConsistencyAsync(number, default)).Value.ShouldBe(PlainTree.Consistency(number, leaves.Span));
        }
    }

    [Fact]
    public async Task MakesEveryConsistencyProofOfSmallTrees()
    {
        for (var size = 1; size <= 40; size++)
        {
            for (var smaller = 0; smaller <= size; smaller++)
            {
                var tree = new TileTree(new PlainTiles(_leaves), size);
                var made = await tree.ConsistencyAsync(smaller, default);
                made.Value.ShouldBe(PlainTree.Consistency(smaller, _leaves.AsSpan(0, size)));
            }
        }
    }

    [Fact]
    public async Task GrowsFromItsEdge()
    {
        var edge = (await new TileTree(new PlainTiles(_leaves), 1000).EdgeAsync(default)).Value;

        foreach (var leaf in _leaves.AsSpan(1000, 500))
            edge.Add(leaf);

        (edge.Size, edge.Root).ShouldBe((1500, PlainTree.Root(_leaves.AsSpan(0, 1500))));
    }

    [Fact]
    public async Task ReadsFewTilesHoweverLongTheLogIs()
    {
        var tiles = new PlainTiles(_leaves);

        await new TileTree(tiles, 70_000).InclusionAsync(12_345, default);

        tiles.Reads.ShouldBeLessThanOrEqualTo(6);
    }

    [Fact]
    public async Task RefusesWhatIsBeyondTheTree()
    {
        var tree = new TileTree(new PlainTiles(_leaves), 10);

        (await tree.InclusionAsync(10, default)).Problem.ShouldNotBeNull().Message.ShouldContain("10 entries");
        (await tree.InclusionAsync(-1, default)).Problem.ShouldNotBeNull();
        (await tree.ConsistencyAsync(11, default)).Problem.ShouldNotBeNull().Message.ShouldContain("does not extend");
    }

    [Fact]
    public async Task RefusesATileOfTheWrongLength()
    {
        var cut = new CutTiles();

        var root = await new TileTree(cut, 300).RootAsync(default);

        root.Problem.ShouldNotBeNull().Message.ShouldContain("tile/");
    }

    private sealed class CutTiles : ITiles
    {
        public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken) =>
            Task.FromResult(Result.Of<ReadOnlyMemory<byte>>(new byte[(name.Width * TreeHash.Length) - 1]));
    }
}
