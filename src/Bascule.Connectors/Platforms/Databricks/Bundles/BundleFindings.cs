using System.Globalization;
using Bascule.Core;
using Bascule.Core.Settings;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>Everything for which a bundle is refused, each with its place.</summary>
internal sealed class BundleFindings
{
    private const int MostShown = 20;
    private readonly List<string> _found = [];

    public bool IsEmpty => _found.Count == 0;

    public Problem AsProblem =>
        Problem.Denied(
            Points.Of(
                "the bundle is not fit to be deployed",
                _found.Count <= MostShown
                    ? _found
                    : _found
                        .Take(MostShown)
                        .Append(string.Create(CultureInfo.InvariantCulture, $"and {_found.Count - MostShown} more"))
            )
        );

    public void Add(SettingLocation place, string text) =>
        _found.Add(string.Create(CultureInfo.InvariantCulture, $"{place.File}:{place.Line}: {text}"));

    public void Add(string file, string text) => _found.Add($"{file}: {text}");

    public void Add(IEnumerable<SettingProblem> problems) =>
        _found.AddRange(SettingProblems.Sort(problems).Select(problem => problem.ToString()));
}
