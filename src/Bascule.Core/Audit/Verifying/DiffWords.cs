using System.Globalization;
using Bascule.Core.Audit.Log;

namespace Bascule.Core.Audit.Verifying;

/// <summary>Says in words how two sequences of entries differ.</summary>
internal static class DiffWords
{
    public static IEnumerable<LogFinding> Of(IReadOnlyList<Gap> gaps, long cutAt, long size)
    {
        var moved = Moved(gaps);
        return Joined([
            .. moved.OrderBy(move => move.Value).Select(move => Reordered(move.Value, move.Key)),
            .. gaps.SelectMany(gap => Of(gap, moved, cutAt, size)),
        ]);
    }

    /// <summary>Where an entry was found that belongs elsewhere: by where it stands, where it belongs.</summary>
    private static Dictionary<long, long> Moved(IReadOnlyList<Gap> gaps)
    {
        var missing = new Dictionary<TreeHash, long>();
        foreach (var gap in gaps)
            for (var at = 0; at < gap.Expected.Count; at++)
                missing.TryAdd(gap.Expected[at], gap.ExpectedAt + at);
        var moved = new Dictionary<long, long>();
        foreach (var gap in gaps)
            for (var at = 0; at < gap.Found.Count; at++)
                if (missing.Remove(gap.Found[at], out var home))
                    moved[gap.FoundAt + at] = home;
        return moved;
    }

    private static IEnumerable<LogFinding> Of(Gap gap, Dictionary<long, long> moved, long cutAt, long size)
    {
        var homes = moved.Values.ToHashSet();
        var extra = Enumerable
            .Range(0, gap.Found.Count)
            .Select(at => gap.FoundAt + at)
            .Where(at => !moved.ContainsKey(at))
            .ToList();
        var lost = Enumerable
            .Range(0, gap.Expected.Count)
            .Select(at => gap.ExpectedAt + at)
            .Where(at => !homes.Contains(at))
            .ToList();
        var changed = int.Min(extra.Count, lost.Count);
        foreach (var at in lost.Take(changed))
            yield return LogFinding.At(LogFault.Changed, at, at, "");
        var isCut = gap.ExpectedAt + gap.Expected.Count == cutAt;
        if (isCut && lost.Count > changed)
            yield return LogFinding.At(LogFault.Truncated, lost[changed], size - 1, "");
        else
            foreach (var at in lost.Skip(changed))
                yield return LogFinding.At(LogFault.Removed, at, at, "");
        foreach (var at in extra.Skip(changed))
            yield return LogFinding.At(LogFault.Inserted, at, at, "");
    }

    private static LogFinding Reordered(long home, long found) =>
        LogFinding.At(
            LogFault.Reordered,
            home,
            home,
            string.Create(CultureInfo.InvariantCulture, $"entry {home} was moved: it stands at index {found}")
        );

    /// <summary>Neighbours with the same fault become one finding.</summary>
    private static IEnumerable<LogFinding> Joined(IReadOnlyList<LogFinding> singles)
    {
        LogFinding? open = null;
        foreach (var single in singles)
        {
            if (
                open is not null
                && single.Fault != LogFault.Reordered
                && single.Fault == open.Fault
                && single.From == open.To + 1
            )
            {
                open = open with { To = single.To };
                continue;
            }
            if (open is not null)
                yield return Worded(open);
            open = single;
        }
        if (open is not null)
            yield return Worded(open);
    }

    private static LogFinding Worded(LogFinding finding) =>
        finding.Message.Length > 0
            ? finding
            : finding with
            {
                Message =
                    $"{LogFinding.Entries(finding.From!.Value, finding.To!.Value)}: {finding.Fault switch
                {
                    LogFault.Changed => "changed; the checkpoint covers other bytes",
                    LogFault.Removed => "removed from the log; the checkpoint covers it",
                    LogFault.Truncated => "cut off the end of the log; the checkpoint covers it",
                    _ => "put into the log; the checkpoint does not cover it",
                }}",
            };
}
