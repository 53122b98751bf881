using System.Text.RegularExpressions;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>Which ids Airflow takes. What it would refuse is refused before a call, and nothing that means another path is ever put into one.</summary>
internal static partial class AirflowNames
{
    public static bool IsDagId(string id) => id is not ("." or "..") && DagId().IsMatch(id);

    public static bool IsTaskId(string id) => IsDagId(id);

    /// <summary>The default of <c>[scheduler] allowed_run_id_pattern</c>.</summary>
    public static bool IsRunId(string id) => id is not ("." or "..") && RunId().IsMatch(id);

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]{1,250}\z", RegexOptions.NonBacktracking)]
    private static partial Regex DagId();

    [GeneratedRegex(@"\A[A-Za-z0-9_.~:+-]{1,250}\z", RegexOptions.NonBacktracking)]
    private static partial Regex RunId();
}
