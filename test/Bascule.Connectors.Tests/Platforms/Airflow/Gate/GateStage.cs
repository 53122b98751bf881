using System.Text;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core.Content;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate;

/// <summary>A folder of DAG files in memory, and the real gate with the machine's own Python.</summary>
internal static class GateStage
{
    /// <summary>The system's own, which every user may read; the first in PATH may be a script that finds another one.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>Slow machines side by side with other tests: only the processor time of a file is short.</summary>
    public static PythonLimits Limits { get; } = new() { Time = TimeSpan.FromMinutes(5) };

    public static DagFile Source(string path, string text) => Bytes(path, Encoding.UTF8.GetBytes(text));

    public static DagFile Bytes(string path, byte[] bytes) => new(path, TreeEntryKind.File, bytes.Length, bytes);

    public static DagFile Link(string path, string target) =>
        new(path, TreeEntryKind.Symlink, target.Length, Encoding.UTF8.GetBytes(target));

    /// <summary>One DAG with a literal id and one task.</summary>
    public static DagFile Dag(string path, string id) =>
        Source(
            path,
            $"""
            from airflow import DAG
            from airflow.operators.bash import BashOperator
            with DAG("{id}", schedule=None, default_args=dict(owner="ana")) as dag:
                BashOperator(task_id="a")
            """
        );

    public static Task<DagReport> CheckAsync(params DagFile[] files) => CheckAsync(new DagPolicy(), files);

    public static async Task<DagReport> CheckAsync(DagPolicy policy, params DagFile[] files) =>
        await CheckAsync(new DagTree("dags", files), policy);

    public static async Task<DagReport> CheckAsync(DagTree tree, DagPolicy policy, params HeldDag[] held)
    {
        var report = await new DagGate(Python, Limits).CheckAsync(tree, policy, held, CancellationToken.None);
        return report.Value;
    }

    /// <summary>The only finding, with its words made to fit one line: <c>dags/a.py:3 error syntax</c>.</summary>
    public static string Single(this DagReport report) => Short(report.Findings.ShouldHaveSingleItem());

    public static IReadOnlyList<string> All(this DagReport report) => [.. report.Findings.Select(Short)];

    private static string Short(DagFinding finding) =>
        $"{finding.Path}:{finding.Line} {finding.Severity} {finding.Rule}".ToLowerInvariant();
}
