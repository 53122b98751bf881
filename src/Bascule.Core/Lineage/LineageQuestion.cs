using Bascule.Core.Runs;
using Bascule.Core.Text;

namespace Bascule.Core.Lineage;

/// <summary>What somebody asks to have traced. Ten characters may be a run and the beginning of a commit: then it is both.</summary>
/// <param name="Commit">The first seven or more digits of a commit id, in lower case.</param>
public sealed record LineageQuestion(string Text, string? Commit, RunId? Run, ModelReference? Model)
{
    public const int ShortestCommit = 7;
    private const int LongestText = 1100;
    private const int LongestShown = 120;
    private const string CommitPrefix = "commit:";
    private const string RunPrefix = "run:";
    private const string Spellings =
        "write a commit id (7 digits or more), a run's id, or a model as catalog.schema.name@version";

    public string Shown => Show(Text);

    /// <summary>Invalid when it can be none of the three.</summary>
    public static Result<LineageQuestion> Parse(string? text)
    {
        var asked = text?.Trim() ?? "";
        if (asked.Length is 0 or > LongestText)
            return Problem.Invalid($"nothing to trace; {Spellings}");
        if (asked.StartsWith(CommitPrefix, StringComparison.Ordinal))
            return OfCommit(asked, asked[CommitPrefix.Length..]);
        if (asked.StartsWith(RunPrefix, StringComparison.Ordinal))
            return RunId.IsWellFormed(asked[RunPrefix.Length..])
                ? new LineageQuestion(asked, null, new RunId(asked[RunPrefix.Length..]), null)
                : Problem.Invalid($"'{Show(asked)}' is no run's id: those have ten characters; see `bascule run list`");
        if (ModelReference.TryParse(asked, out var model))
            return new LineageQuestion(asked, null, null, model);
        var commit = IsCommit(asked) ? Lower(asked) : null;
        RunId? run = RunId.IsWellFormed(asked) ? new RunId(asked) : null;
        return commit is null && run is null
            ? Problem.Invalid($"'{Show(asked)}' is not understood; {Spellings}")
            : new LineageQuestion(asked, commit, run, null);
    }

    private static Result<LineageQuestion> OfCommit(string asked, string digits) =>
        IsCommit(digits)
            ? new LineageQuestion(asked, Lower(digits), null, null)
            : Problem.Invalid($"'{Show(asked)}' is no commit: write 7 to 64 hexadecimal digits of its id");

    private static bool IsCommit(string text) =>
        text.Length is >= ShortestCommit and <= 64 && text.All(char.IsAsciiHexDigit);

    private static string Lower(string digits) =>
        string.Create(digits.Length, digits, (span, from) => from.AsSpan().ToLowerInvariant(span));

    private static string Show(string text) => PlainText.Line(text, LongestShown);
}
