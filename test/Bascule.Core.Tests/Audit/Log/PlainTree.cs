using System.Globalization;
using System.Text;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Tests.Audit.Log;

/// <summary>RFC 6962, section 2.1, word for word and slow: what the quick ways are compared with.</summary>
internal static class PlainTree
{
    public static byte[] Entry(long number) =>
        Encoding.UTF8.GetBytes(number.ToString("'entry' 0", CultureInfo.InvariantCulture));

    public static TreeHash[] Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(number => TreeHash.OfLeaf(Entry(number)))];

    public static TreeHash Root(ReadOnlySpan<TreeHash> leaves)
    {
        if (leaves.Length == 0)
            return TreeHash.Empty;
        if (leaves.Length == 1)
            return leaves[0];
        var middle = Split(leaves.Length);
        return TreeHash.OfNode(Root(leaves[..middle]), Root(leaves[middle..]));
    }

    public static List<TreeHash> Inclusion(int index, ReadOnlySpan<TreeHash> leaves)
    {
        if (leaves.Length == 1)
            return [];
        var middle = Split(leaves.Length);
        return index < middle
            ? [.. Inclusion(index, leaves[..middle]), Root(leaves[middle..])]
            : [.. Inclusion(index - middle, leaves[middle..]), Root(leaves[..middle])];
    }

    public static List<TreeHash> Consistency(int smaller, ReadOnlySpan<TreeHash> leaves) =>
        smaller == 0 || smaller == leaves.Length ? [] : Subproof(smaller, leaves, isWhole: true);

    private static List<TreeHash> Subproof(int smaller, ReadOnlySpan<TreeHash> leaves, bool isWhole)
    {
        if (smaller == leaves.Length)
            return isWhole ? [] : [Root(leaves)];
        var middle = Split(leaves.Length);
        return smaller <= middle
            ? [.. Subproof(smaller, leaves[..middle], isWhole), Root(leaves[middle..])]
            : [.. Subproof(smaller - middle, leaves[middle..], isWhole: false), Root(leaves[..middle])];
    }

    private static int Split(int count)
    {
        var middle = 1;
        while (middle * 2 < count)
            middle *= 2;
        return middle;
    }
}

/// <summary>The tiles of a tree, as their definition says: hash i of tile n at level l is that of the leaves (256n + i)256^l and on.</summary>
internal sealed class PlainTiles(TreeHash[] leaves) : ITiles
{
    public int Reads { get; private set; }

    public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken)
    {
        Reads++;
        var span = 1 << (8 * name.Level);
        var bytes = new byte[name.Width * TreeHash.Length];
        for (var number = 0; number < name.Width; number++)
        {
            var from = (int)((name.Index * TileName.FullWidth) + number) * span;
            PlainTree.Root(leaves.AsSpan(from, span)).CopyTo(bytes.AsSpan(number * TreeHash.Length));
        }
        return Task.FromResult(Result.Of<ReadOnlyMemory<byte>>(bytes));
    }
}
