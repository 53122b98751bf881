namespace Bascule.Core.Settings;

/// <summary>What is shown of the problems of one file.</summary>
public static class SettingProblems
{
    /// <summary>A file made to be wrong everywhere must not fill a log or a page.</summary>
    public const int Most = 100;

    /// <summary>In the order of the file. What is said to be missing only because its value was refused as YAML is left out.</summary>
    public static IReadOnlyList<SettingProblem> Sort(IEnumerable<SettingProblem> problems) =>
        [
            .. problems
                .Distinct()
                .GroupBy(problem => problem.Key)
                .SelectMany(group => group.Where(problem => group.Count() == 1 || problem.Message != "is missing"))
                .OrderBy(problem => problem.Location.Line)
                .ThenBy(problem => problem.Location.Column)
                .Take(Most),
        ];
}
