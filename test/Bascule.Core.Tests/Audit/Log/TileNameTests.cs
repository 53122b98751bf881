using System.Text;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Tests.Audit.Log;

public sealed class TileNameTests
{
    [Theory]
    [InlineData(0, 0, 256, "tile/0/000")]
    [InlineData(1, 0, 1, "tile/1/000.p/1")]
    [InlineData(0, 273, 112, "tile/0/273.p/112")]
    [InlineData(0, 1_234_067, 256, "tile/0/x001/x234/067")]
    [InlineData(TileName.Entries, 1000, 255, "tile/entries/x001/000.p/255")]
    public void IsWrittenAsTheSpecificationSays(int level, long index, int width, string path)
    {
        var name = new TileName(level, index, width);

        name.Path.ShouldBe(path);
        TileName.Parse(path).ShouldBe(name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tile/0")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/001/002")]
    [InlineData("tile/0/xx001/002")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/ 0/000")]
    [InlineData("tile/0/000/")]
    [InlineData("tile/0/..")]
    [InlineData("tile/0/x001/x001/x001/x001/x001/001")]
    public void RefusesEverythingElse(string path) => TileName.Parse(path).ShouldBeNull();

    [Fact]
    public void ListsTheTilesOfATree()
    {
        TileName.Of(0, 70_000).Count().ShouldBe(274);
        TileName.Of(0, 70_000).Last().ShouldBe(new TileName(0, 273, 112));
        TileName.Of(1, 70_000).ShouldBe([new TileName(1, 0, 256), new TileName(1, 1, 17)]);
        TileName.Of(2, 70_000).ShouldBe([new TileName(2, 0, 1)]);
        TileName.Of(3, 70_000).ShouldBeEmpty();
        TileName.Of(TileName.Entries, 0).ShouldBeEmpty();
    }

    [Fact]
    public void BundlesEntriesWithTheirLengths()
    {
        ReadOnlyMemory<byte>[] entries = [Encoding.UTF8.GetBytes("ab"), new byte[65_535], ReadOnlyMemory<byte>.Empty];

        var bundle = EntryBundle.Write(entries);

        bundle[..4].ShouldBe([0, 2, (byte)'a', (byte)'b']);
        var read = EntryBundle.Read(bundle, 3).ShouldNotBeNull();
        read.Select(entry => entry.ToArray()).ShouldBe(entries.Select(entry => entry.ToArray()));
    }

    [Fact]
    public void RefusesABundleThatIsCutOrHoldsMore()
    {
        var bundle = EntryBundle.Write([Encoding.UTF8.GetBytes("ab"), Encoding.UTF8.GetBytes("c")]);

        EntryBundle.Read(bundle, 1).ShouldBeNull();
        EntryBundle.Read(bundle, 3).ShouldBeNull();
        EntryBundle.Read(bundle.AsMemory(0, bundle.Length - 1), 2).ShouldBeNull();
        EntryBundle.Read(bundle.AsMemory(0, 5), 2).ShouldBeNull();
        Should.Throw<OverflowException>(() => EntryBundle.Write([new byte[65_536]]));
    }
}
