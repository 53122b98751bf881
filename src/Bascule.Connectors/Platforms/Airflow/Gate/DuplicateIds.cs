using System.Globalization;

namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>Finds ids that two DAGs have: in the tree, or here and in another repository of the environment. Airflow would show whichever it read last.</summary>
/// <param name="tree">Whose DAGs they are.</param>
/// <param name="held">DAGs of other repositories of the environment.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class DuplicateIds(DagTree tree, IReadOnlyList<HeldDag> held, Findings findings)
{
    private const int MostNamed = 3;

    /// <param name="dags">Each with its path below the folder.</param>
    public void Judge(IReadOnlyList<DagSighting> dags)
    {
        var elsewhere = held.GroupBy(dag => dag.Id).ToDictionary(group => group.Key, group => group.First());
        foreach (var same in dags.GroupBy(dag => dag.Id))
        {
            var all = same.ToList();
            foreach (var dag in all.Where(_ => all.Count > 1))
                Tell(dag, $"is also at {Others(dag, all)}");
            if (elsewhere.TryGetValue(same.Key, out var other))
                foreach (var dag in all)
                    Tell(dag, $"is that of {Findings.Quote(other.Path)} in {Findings.Quote(other.Repository)}");
        }
    }

    private void Tell(DagSighting dag, string where) =>
        findings.Error(
            dag.Path,
            dag.Line,
            DagRule.Duplicate,
            $"has a DAG whose id {Findings.Quote(dag.Id)} {where}; give one of them another id"
        );

    private string Others(DagSighting dag, List<DagSighting> all)
    {
        var others = all.Where(other => !ReferenceEquals(other, dag)).ToList();
        var named = others
            .Take(MostNamed)
            .Select(other => string.Create(CultureInfo.InvariantCulture, $"{tree.PlaceOf(other.Path)}:{other.Line}"));
        var more = others.Count > MostNamed ? $" and {others.Count - MostNamed} more" : "";
        return string.Join(", ", named) + more;
    }
}
