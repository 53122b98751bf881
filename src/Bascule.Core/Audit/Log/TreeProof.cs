namespace Bascule.Core.Audit.Log;

/// <summary>Checks proofs, after RFC 9162, sections 2.1.3.2 and 2.1.4.2. A proof with a hash too few or too many is no proof.</summary>
public static class TreeProof
{
    /// <summary>Whether the leaf stands at that index of the tree with that root.</summary>
    /// <param name="path">The sibling hashes from the leaf upward.</param>
    public static bool Includes(TreeHash root, long size, long index, TreeHash leaf, IReadOnlyCollection<TreeHash> path)
    {
        if (index < 0 || index >= size)
            return false;
        var (node, last, hash) = (index, size - 1, leaf);
        foreach (var sibling in path)
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                hash = TreeHash.OfNode(sibling, hash);
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                hash = TreeHash.OfNode(hash, sibling);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && hash == root;
    }

    /// <summary>Whether the larger tree begins with exactly the leaves of the smaller one.</summary>
    public static bool Extends(
        TreeHash smallerRoot,
        long smallerSize,
        TreeHash largerRoot,
        long largerSize,
        IReadOnlyList<TreeHash> path
    )
    {
        if (smallerSize < 0 || smallerSize > largerSize)
            return false;
        if (smallerSize == largerSize)
            return path.Count == 0 && smallerRoot == largerRoot;
        if (smallerSize == 0)
            return path.Count == 0 && smallerRoot == TreeHash.Empty;
        return Joins(smallerRoot, smallerSize, largerRoot, largerSize, path);
    }

    private static bool Joins(
        TreeHash smallerRoot,
        long smallerSize,
        TreeHash largerRoot,
        long largerSize,
        IReadOnlyList<TreeHash> path
    )
    {
        // A smaller tree that is complete is a node of the larger one: its own root is where the proof begins.
        TreeHash[] hashes = long.IsPow2(smallerSize) ? [smallerRoot, .. path] : [.. path];
        if (hashes.Length == 0)
            return false;
        var (node, last) = (smallerSize - 1, largerSize - 1);
        while ((node & 1) == 1)
            (node, last) = (node >> 1, last >> 1);
        var (smaller, larger) = (hashes[0], hashes[0]);
        foreach (var hash in hashes.AsSpan(1))
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                (smaller, larger) = (TreeHash.OfNode(hash, smaller), TreeHash.OfNode(hash, larger));
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                larger = TreeHash.OfNode(larger, hash);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        return last == 0 && smaller == smallerRoot && larger == largerRoot;
    }
}
