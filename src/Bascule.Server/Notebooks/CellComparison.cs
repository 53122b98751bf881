using System.Globalization;
using Bascule.Core.Notebooks;
using DiffPlex;

namespace Bascule.Server.Notebooks;

/// <summary>
/// Finds which cells two versions of a notebook share: by id where both have one, then by the longest common sequence of sources, then by place. Outputs, counts,
/// ids and metadata are no change.
/// </summary>
internal sealed class CellComparison
{
    private readonly IReadOnlyList<NotebookCell> _before;
    private readonly IReadOnlyList<NotebookCell> _after;

    /// <summary>For each cell after, the one before.</summary>
    private readonly int?[] _pairs;
    private readonly bool[] _taken;

    private CellComparison(IReadOnlyList<NotebookCell> before, IReadOnlyList<NotebookCell> after)
    {
        _before = before;
        _after = after;
        _pairs = new int?[after.Count];
        _taken = new bool[before.Count];
    }

    public static IReadOnlyList<ChangedCell> Of(IReadOnlyList<NotebookCell> before, IReadOnlyList<NotebookCell> after)
    {
        var comparison = new CellComparison(before, after);
        comparison.PairById();
        comparison.PairBySource();
        comparison.PairByPlace();
        return [.. comparison.Changes()];
    }

    private void PairById()
    {
        var known = Unique(_before);
        foreach (var (id, index) in Unique(_after))
            if (known.TryGetValue(id, out var other))
                Pair(index, other);
    }

    /// <summary>An id that stands twice names no cell.</summary>
    private static Dictionary<string, int> Unique(IReadOnlyList<NotebookCell> cells) =>
        cells
            .Index()
            .Where(item => item.Item.Id is not null)
            .GroupBy(item => item.Item.Id!, StringComparer.Ordinal)
            .Where(group => !group.Skip(1).Any())
            .ToDictionary(group => group.Key, group => group.First().Index, StringComparer.Ordinal);

    private void PairBySource()
    {
        var before = Enumerable.Range(0, _before.Count).Where(index => !_taken[index]).ToList();
        var after = Enumerable.Range(0, _after.Count).Where(index => _pairs[index] is null).ToList();
        var numbers = new Dictionary<(string, string), int>();
        var diff = Differ.Instance.CreateDiffs(
            Text(before.Select(index => _before[index])),
            Text(after.Select(index => _after[index])),
            ignoreWhiteSpace: false,
            ignoreCase: false,
            LineFeeds.Instance
        );
        var (one, other) = (0, 0);
        foreach (var block in diff.DiffBlocks)
        {
            for (; one < block.DeleteStartA; one++, other++)
                Pair(after[other], before[one]);
            (one, other) = (one + block.DeleteCountA, other + block.InsertCountB);
        }
        for (; one < before.Count && other < after.Count; one++, other++)
            Pair(after[other], before[one]);

        string Text(IEnumerable<NotebookCell> cells) => string.Join('\n', cells.Select(Number));

        string Number(NotebookCell cell)
        {
            numbers.TryAdd((cell.Kind, cell.Source), numbers.Count);
            return numbers[(cell.Kind, cell.Source)].ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>What stands between the same neighbours is the same cell, unless ids say that it is not.</summary>
    private void PairByPlace()
    {
        var from = 0;
        for (var index = 0; index < _after.Count; index++)
        {
            if (_pairs[index] is { } known)
            {
                from = known + 1;
                continue;
            }
            var to = _pairs.Skip(index).FirstOrDefault(pair => pair is not null) ?? _before.Count;
            for (var other = from; other < to; other++)
                if (!_taken[other] && (_before[other].Id is null || _after[index].Id is null))
                {
                    Pair(index, other);
                    from = other + 1;
                    break;
                }
        }
    }

    private void Pair(int after, int before)
    {
        _pairs[after] = before;
        _taken[before] = true;
    }

    private IEnumerable<ChangedCell> Changes()
    {
        var told = 0;
        foreach (var (index, cell) in _after.Index())
        {
            if (_pairs[index] is not { } pair)
            {
                yield return new ChangedCell(ChangeKind.Added, index + 1, cell.Kind, "", cell.Source);
                continue;
            }
            for (; told < pair; told++)
                if (!_taken[told])
                    yield return Removed(told);
            if (_before[pair].Source != cell.Source || _before[pair].Kind != cell.Kind)
                yield return new ChangedCell(
                    ChangeKind.Changed,
                    index + 1,
                    cell.Kind,
                    _before[pair].Source,
                    cell.Source
                );
        }
        for (; told < _before.Count; told++)
            if (!_taken[told])
                yield return Removed(told);
    }

    private ChangedCell Removed(int index) =>
        new(ChangeKind.Removed, index + 1, _before[index].Kind, _before[index].Source, "");
}
