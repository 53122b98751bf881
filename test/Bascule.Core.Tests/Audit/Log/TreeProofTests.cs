using Bascule.Core.Audit.Log;

namespace Bascule.Core.Tests.Audit.Log;

[Trait("Threat", "T118")]
public sealed class TreeProofTests
{
    private static readonly TreeHash[] _leaves = PlainTree.Leaves(70);

    public static TheoryData<int> Sizes => [.. Enumerable.Range(1, 34), 63, 64, 65, 70];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void AcceptsEveryLeafAtItsOwnIndexOnly(int size)
    {
        var leaves = _leaves.AsSpan(0, size);
        var root = PlainTree.Root(leaves);

        for (var index = 0; index < size; index++)
        {
            var path = PlainTree.Inclusion(index, leaves);
            TreeProof.Includes(root, size, index, leaves[index], path).ShouldBeTrue();
            for (var other = -1; other <= size; other++)
                TreeProof.Includes(root, size, other, leaves[index], path).ShouldBe(other == index);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void AcceptsEverySmallerTreeAtItsOwnSizeOnly(int size)
    {
        var leaves = _leaves.AsSpan(0, size);
        var root = PlainTree.Root(leaves);

        for (var smaller = 0; smaller <= size; smaller++)
        {
            var (path, before) = (PlainTree.Consistency(smaller, leaves), PlainTree.Root(leaves[..smaller]));
            TreeProof.Extends(before, smaller, root, size, path).ShouldBeTrue();
            for (var other = 0; other <= size; other++)
                TreeProof.Extends(before, other, root, size, path).ShouldBe(other == smaller);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void RefusesAHashTooManyTooFewOrAnotherOne(int size)
    {
        var leaves = _leaves.AsSpan(0, size);
        var root = PlainTree.Root(leaves);

        for (var index = 0; index < size; index++)
        {
            foreach (var wrong in Wrong(PlainTree.Inclusion(index, leaves)))
                TreeProof.Includes(root, size, index, leaves[index], wrong).ShouldBeFalse();
        }
        for (var smaller = 0; smaller <= size; smaller++)
        {
            var before = PlainTree.Root(leaves[..smaller]);
            foreach (var wrong in Wrong(PlainTree.Consistency(smaller, leaves)))
                TreeProof.Extends(before, smaller, root, size, wrong).ShouldBeFalse();
        }
    }

    [Fact]
    public void RefusesAnotherRootAndATreeThatShrank()
    {
        var leaves = _leaves.AsSpan(0, 7);
        var (root, path) = (PlainTree.Root(leaves), PlainTree.Consistency(4, leaves));
        var before = PlainTree.Root(leaves[..4]);

        TreeProof.Extends(root, 7, before, 4, path).ShouldBeFalse();
        TreeProof.Extends(root, 4, root, 7, path).ShouldBeFalse();
        TreeProof.Extends(before, 4, before, 7, path).ShouldBeFalse();
        TreeProof.Extends(before, -1, root, 7, path).ShouldBeFalse();
        TreeProof.Extends(root, 7, before, 7, []).ShouldBeFalse();
        TreeProof.Extends(root, 0, root, 7, []).ShouldBeFalse();
        TreeProof.Includes(before, 7, 2, leaves[2], PlainTree.Inclusion(2, leaves)).ShouldBeFalse();
    }

    [Fact]
    public void RefusesANodeThatIsHandedInAsALeaf()
    {
        var leaves = _leaves.AsSpan(0, 2);
        byte[] node = [.. leaves[0].ToBytes(), .. leaves[1].ToBytes()];

        TreeProof.Includes(PlainTree.Root(leaves), 1, 0, TreeHash.OfLeaf(node), []).ShouldBeFalse();
    }

    private static IEnumerable<List<TreeHash>> Wrong(List<TreeHash> path)
    {
        yield return [.. path, _leaves[0]];
        yield return [_leaves[0], .. path];
        if (path.Count == 0)
            yield break;
        yield return path[1..];
        yield return path[..^1];
        for (var number = 0; number < path.Count; number++)
        {
            List<TreeHash> changed = [.. path];
            changed[number] = TreeHash.OfNode(path[number], path[number]);
            yield return changed;
        }
    }
}
