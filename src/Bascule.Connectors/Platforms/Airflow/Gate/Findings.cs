using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>Gathers findings. All that a repository wrote is made fit to be shown here (THREATS T76, T123).</summary>
internal sealed class Findings(DagTree tree)
{
    private const int LongestText = 600;
    private readonly List<DagFinding> _found = [];
    private int _unchanged;

    public void Error(string path, int line, DagRule rule, string text) =>
        Add(path, line, rule, DagSeverity.Error, text);

    public void Warn(string path, int line, DagRule rule, string text) =>
        Add(path, line, rule, DagSeverity.Warning, text);

    public void Take(DagStance stance, string path, int line, DagRule rule, string text)
    {
        if (stance is not DagStance.Allow)
            Add(path, line, rule, stance is DagStance.Refuse ? DagSeverity.Error : DagSeverity.Warning, text);
    }

    /// <summary>What concerns no file alone, and so is never left out.</summary>
    public void ErrorOfFolder(DagRule rule, string text) =>
        _found.Add(
            new DagFinding(Shown(tree.PlaceOf("")), 1, rule, DagSeverity.Error, PlainText.Line(text, LongestText))
        );

    /// <summary>A repository's own word in a message.</summary>
    public static string Quote(string text) => $"'{PlainText.Line(text, 200)}'";

    public DagReport Report(int files, IReadOnlyList<DagSighting> dags, string? python)
    {
        var kept = _found.OrderBy(finding => finding.Severity).Take(DagReport.MostFindings);
        return new DagReport
        {
            Findings =
            [
                .. kept.OrderBy(finding => finding.Path, StringComparer.Ordinal)
                    .ThenBy(finding => finding.Line)
                    .ThenBy(finding => finding.Rule),
            ],
            Dags =
            [
                .. dags.OrderBy(dag => dag.Id, StringComparer.Ordinal).ThenBy(dag => dag.Path, StringComparer.Ordinal),
            ],
            Files = files,
            Python = python,
            Errors = _found.Count(finding => finding.Severity is DagSeverity.Error),
            Warnings = _found.Count(finding => finding.Severity is DagSeverity.Warning),
            Unchanged = _unchanged,
        };
    }

    private void Add(string path, int line, DagRule rule, DagSeverity severity, string text)
    {
        if (!tree.IsChanged(path))
            _unchanged++;
        else
            _found.Add(
                new DagFinding(Shown(tree.PlaceOf(path)), line, rule, severity, PlainText.Line(text, LongestText))
            );
    }

    private static string Shown(string path) => PlainText.Line(path.Length == 0 ? "." : path, 4096);
}
