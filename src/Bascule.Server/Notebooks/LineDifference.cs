using System.Globalization;
using DiffPlex;

namespace Bascule.Server.Notebooks;

/// <summary>Two texts as a unified difference, with a few lines around each change.</summary>
internal static class LineDifference
{
    private const int Around = 3;

    public static IReadOnlyList<string> Of(string before, string after)
    {
        var diff = Differ.Instance.CreateDiffs(
            before,
            after,
            ignoreWhiteSpace: false,
            ignoreCase: false,
            LineFeeds.Instance
        );
        var (old, now) = (LineFeeds.Instance.Chunk(before), LineFeeds.Instance.Chunk(after));
        var lines = new List<(char Sign, string Text, int Old, int New)>();
        var (one, other) = (0, 0);
        foreach (var block in diff.DiffBlocks)
        {
            for (; one < block.DeleteStartA; one++, other++)
                lines.Add((' ', now[other], one, other));
            for (var i = 0; i < block.DeleteCountA; i++, one++)
                lines.Add(('-', old[one], one, other));
            for (var i = 0; i < block.InsertCountB; i++, other++)
                lines.Add(('+', now[other], one, other));
        }
        for (; one < old.Count && other < now.Count; one++, other++)
            lines.Add((' ', now[other], one, other));
        return Hunks(lines);
    }

    private static List<string> Hunks(List<(char Sign, string Text, int Old, int New)> lines)
    {
        var shown = new bool[lines.Count];
        for (var i = 0; i < lines.Count; i++)
            if (lines[i].Sign != ' ')
                Array.Fill(
                    shown,
                    true,
                    Math.Max(0, i - Around),
                    Math.Min(lines.Count, i + Around + 1) - Math.Max(0, i - Around)
                );
        var text = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (!shown[i])
                continue;
            // A cell that is shown whole needs no line numbers.
            if ((i == 0 || !shown[i - 1]) && shown.Contains(false))
                text.Add(Heading(lines[i].Old, lines[i].New));
            text.Add(lines[i].Sign + lines[i].Text);
        }
        return text;
    }

    private static string Heading(int old, int now) =>
        string.Create(CultureInfo.InvariantCulture, $"@@ line {old + 1} before, line {now + 1} after @@");
}
