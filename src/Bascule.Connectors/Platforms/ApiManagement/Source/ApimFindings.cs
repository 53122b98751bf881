using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>Gathers findings. All that a repository wrote is made fit to be shown here (THREATS T76, T123).</summary>
internal sealed class ApimFindings
{
    /// <summary>A repository that is wrong everywhere must not fill memory; the last place says that there are more.</summary>
    public const int Most = 1_000;

    private const int LongestText = 600;
    private readonly HashSet<ApimFinding> _found = [];

    /// <summary>Sorted by path, line and rule.</summary>
    public IReadOnlyList<ApimFinding> Sorted() =>
        [
            .. _found
                .OrderBy(finding => finding.Path, StringComparer.Ordinal)
                .ThenBy(finding => finding.Line)
                .ThenBy(finding => finding.Rule)
                .ThenBy(finding => finding.Text, StringComparer.Ordinal),
        ];

    public void Error(string path, int line, ApimRule rule, string text) =>
        Add(path, line, rule, ApimSeverity.Error, text);

    public void Warn(string path, int line, ApimRule rule, string text) =>
        Add(path, line, rule, ApimSeverity.Warning, text);

    public void Take(ApimStance stance, string path, int line, ApimRule rule, string text)
    {
        if (stance is not ApimStance.Allow)
            Add(path, line, rule, stance is ApimStance.Refuse ? ApimSeverity.Error : ApimSeverity.Warning, text);
    }

    /// <summary>One that was found before.</summary>
    public void Take(ApimFinding finding) => _found.Add(finding);

    /// <summary>A repository's own word in a message.</summary>
    public static string Quote(string text) => $"'{PlainText.Line(text, 200)}'";

    private void Add(string path, int line, ApimRule rule, ApimSeverity severity, string text)
    {
        if (_found.Count < Most)
            _found.Add(new ApimFinding(Shown(path), line, rule, severity, PlainText.Line(text, LongestText)));
        else if (severity is ApimSeverity.Error)
            _found.Add(
                new ApimFinding(
                    ".",
                    1,
                    ApimRule.Size,
                    ApimSeverity.Error,
                    "has more findings than are told; mend these first"
                )
            );
    }

    private static string Shown(string path) => PlainText.Line(path.Length == 0 ? "." : path, 4096);
}
