using System.Numerics;

namespace Bascule.Core.Audit.Log;

/// <summary>
/// The right edge of a tree that grows: one hash for each complete subtree, the largest first. That is all that is needed to add leaves and to tell the root
/// (RFC 6962, section 2.1), so a log of any length is checked in a few hundred bytes.
/// </summary>
public sealed class TreeEdge
{
    private readonly List<TreeHash> _subtrees = [];

    public long Size { get; private set; }

    /// <summary>Of the tree as it is now.</summary>
    public TreeHash Root
    {
        get
        {
            if (_subtrees.Count == 0)
                return TreeHash.Empty;
            var root = _subtrees[^1];
            for (var number = _subtrees.Count - 2; number >= 0; number--)
                root = TreeHash.OfNode(_subtrees[number], root);
            return root;
        }
    }

    public void Add(TreeHash leaf)
    {
        var complete = leaf;
        for (var size = Size; (size & 1) == 1; size >>= 1)
        {
            complete = TreeHash.OfNode(_subtrees[^1], complete);
            _subtrees.RemoveAt(_subtrees.Count - 1);
        }
        _subtrees.Add(complete);
        Size++;
    }

    /// <summary>An edge of that size.</summary>
    /// <param name="subtrees">The hashes of its complete subtrees, the largest first: as many as <paramref name="size"/> has bits set.</param>
    /// <exception cref="ArgumentException">Their number is another one.</exception>
    public static TreeEdge Of(long size, IReadOnlyCollection<TreeHash> subtrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        if (subtrees.Count != BitOperations.PopCount((ulong)size))
            throw new ArgumentException($"a tree of {size} leaves has another number of subtrees", nameof(subtrees));
        var edge = new TreeEdge { Size = size };
        edge._subtrees.AddRange(subtrees);
        return edge;
    }
}
