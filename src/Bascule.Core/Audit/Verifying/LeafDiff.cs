using System.Runtime.InteropServices;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>
/// Holds the leaves that were found against those that the checkpoint covers, in order, and says where they part: what was changed, taken out, put in or
/// moved. Keeps no more of them than it needs to find where they meet again.
/// </summary>
internal sealed class LeafDiff
{
    /// <summary>How far it looks for where both meet again; the near first, since most faults are small.</summary>
    private static readonly int[] Windows = [32, 512, 4096];

    private const int MostGaps = 2 * FindingList.Most;

    private readonly List<TreeHash> _found = [];
    private readonly List<TreeHash> _expected = [];
    private readonly List<Gap> _gaps = [];
    private long _foundAt;
    private long _expectedAt;

    /// <summary>Whether something differs just now, so that what follows has to be looked at too.</summary>
    public bool IsOpen { get; private set; }

    /// <param name="from">Index of the first leaf of both.</param>
    public void Open(long from) => (_foundAt, _expectedAt, IsOpen) = (from, from, true);

    /// <param name="found">Hashes one after the other.</param>
    public void Add(ReadOnlySpan<byte> found, ReadOnlySpan<byte> expected)
    {
        AddTo(_found, found);
        AddTo(_expected, expected);
        Run(isEnd: false);
        IsOpen = _found.Count > 0 || _expected.Count > 0 || _foundAt != _expectedAt;
    }

    /// <summary>Nothing that follows can be compared with what was there before.</summary>
    public void Close()
    {
        Run(isEnd: true);
        IsOpen = false;
    }

    /// <summary>What differs, in order of where it belongs.</summary>
    /// <param name="cutAt">The first entry behind the last one that was compared; what is missing up to there was cut off.</param>
    /// <param name="size">Of the whole log as its checkpoint says.</param>
    public IEnumerable<LogFinding> Findings(long cutAt, long size) => DiffWords.Of(_gaps, cutAt, size);

    private static void AddTo(List<TreeHash> list, ReadOnlySpan<byte> hashes)
    {
        for (; !hashes.IsEmpty; hashes = hashes[TreeHash.Length..])
            list.Add(new TreeHash(hashes[..TreeHash.Length]));
    }

    private void Run(bool isEnd)
    {
        while (SkipEqual() || TakeGap(isEnd)) { }
    }

    private bool SkipEqual()
    {
        var same = CollectionsMarshal.AsSpan(_found).CommonPrefixLength(CollectionsMarshal.AsSpan(_expected));
        Drop(same, same);
        return same > 0;
    }

    private bool TakeGap(bool isEnd)
    {
        if (_found.Count == 0 && _expected.Count == 0)
            return false;
        foreach (var window in Windows)
        {
            if (!isEnd && int.Min(_found.Count, _expected.Count) < window)
                return false;
            if (MeetingWithin(window) is var (found, expected))
                return Note(found, expected);
        }
        var rest = isEnd ? int.MaxValue : Windows[^1] / 2;
        return Note(int.Min(rest, _found.Count), int.Min(rest, _expected.Count));
    }

    /// <summary>The nearest two leaves that are the same: how many stand before each.</summary>
    private (int Found, int Expected)? MeetingWithin(int window)
    {
        var first = new Dictionary<TreeHash, int>();
        for (var at = 0; at < int.Min(window, _expected.Count); at++)
            first.TryAdd(_expected[at], at);
        (int Found, int Expected)? best = null;
        for (var at = 0; at < int.Min(window, _found.Count); at++)
            if (
                first.TryGetValue(_found[at], out var expected)
                && !(best is var (one, other) && one + other <= at + expected)
            )
                best = (at, expected);
        return best;
    }

    private bool Note(int found, int expected)
    {
        if (_gaps.Count < MostGaps)
            _gaps.Add(new Gap(_foundAt, _expectedAt, [.. _found.Take(found)], [.. _expected.Take(expected)]));
        Drop(found, expected);
        return true;
    }

    private void Drop(int found, int expected)
    {
        _found.RemoveRange(0, found);
        _expected.RemoveRange(0, expected);
        (_foundAt, _expectedAt) = (_foundAt + found, _expectedAt + expected);
    }
}

/// <summary>Leaves between two places where both sequences are the same.</summary>
/// <param name="FoundAt">Index of the first of <paramref name="Found"/> in the log as it was found.</param>
/// <param name="ExpectedAt">Index of the first of <paramref name="Expected"/> in the log that the checkpoint covers.</param>
internal sealed record Gap(
    long FoundAt,
    long ExpectedAt,
    IReadOnlyList<TreeHash> Found,
    IReadOnlyList<TreeHash> Expected
);
