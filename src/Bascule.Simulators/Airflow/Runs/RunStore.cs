using System.Text.RegularExpressions;
using Bascule.Simulators.Airflow.Bundle;

namespace Bascule.Simulators.Airflow.Runs;

internal sealed partial class RunStore
{
    private readonly Dictionary<(string Dag, string Run), DagRun> _runs = [];

    public int Count => _runs.Count;

    public DagRun? Find(string dagId, string runId) => _runs.GetValueOrDefault((dagId, runId));

    /// <summary>Airflow keeps one run of an id and one of a logical date for each DAG.</summary>
    public DagRun? Conflicting(DagEntry dag, string runId, DateTimeOffset? logicalDate) =>
        Find(dag.Id, runId)
        ?? _runs.Values.FirstOrDefault(run =>
            run.Dag == dag && logicalDate is not null && run.LogicalDate == logicalDate
        );

    public void Add(DagRun run) => _runs.Add((run.Dag.Id, run.Id), run);

    /// <summary>The default of <c>[scheduler] allowed_run_id_pattern</c>.</summary>
    public static bool IsAllowed(string runId) => runId.Length <= 250 && Allowed().IsMatch(runId);

    public const string AllowedPattern = "^[A-Za-z0-9_.~:+-]+$";

    [GeneratedRegex(AllowedPattern)]
    private static partial Regex Allowed();
}
