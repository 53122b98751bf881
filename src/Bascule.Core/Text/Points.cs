namespace Bascule.Core.Text;

/// <summary>A reason that has several points, each on a line of its own. Shown on one line it reads as one sentence.</summary>
public static class Points
{
    private const int MaxPoint = 1000;

    /// <param name="head">What is wrong, without a mark at its end.</param>
    /// <param name="points">At least one; what others wrote in them becomes one line.</param>
    public static string Of(string head, IEnumerable<string> points) =>
        $"{head}:\n{string.Join(";\n", points.Select(point => PlainText.Line(point, MaxPoint)))}";

    /// <summary>The head with its colon, and the points; of any other text, the whole of it and none.</summary>
    public static (string Head, IReadOnlyList<string> Found) Read(string reason)
    {
        var lines = reason.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length < 2 || !lines[0].EndsWith(':')
            ? (reason, [])
            : (lines[0], [.. lines.Skip(1).Select(line => line.TrimEnd(';'))]);
    }
}
