using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Airflow.Bundle;
using Bascule.Simulators.Airflow.Runs;

namespace Bascule.Simulators.Airflow.V2;

/// <summary>Things as REST v2 shows them.</summary>
internal sealed class V2Json(AirflowSimulatorOptions options)
{
    public JsonObject Dag(DagEntry dag) =>
        new()
        {
            ["dag_id"] = dag.Id,
            ["dag_display_name"] = dag.Id,
            ["is_paused"] = dag.IsPaused,
            ["is_stale"] = dag.IsStale,
            ["last_parsed_time"] = Instant(dag.ParsedAt),
            ["last_parse_duration"] = 0.1,
            ["last_expired"] = null,
            ["bundle_name"] = options.BundleName,
            ["bundle_version"] = Told(dag.Commit),
            ["relative_fileloc"] = dag.File.Path,
            ["fileloc"] = $"/tmp/airflow/dag_bundles/{options.BundleName}/versions/{dag.Commit}/{dag.File.Path}",
            ["description"] = null,
            ["timetable_summary"] = null,
            ["timetable_description"] = "Never, external triggers only",
            ["timetable_partitioned"] = false,
            ["tags"] = new JsonArray(),
            ["max_active_tasks"] = 16,
            ["max_active_runs"] = 16,
            ["max_consecutive_failed_dag_runs"] = 0,
            ["has_task_concurrency_limits"] = false,
            ["has_import_errors"] = dag.HasImportErrors,
            ["next_dagrun_logical_date"] = null,
            ["next_dagrun_data_interval_start"] = null,
            ["next_dagrun_data_interval_end"] = null,
            ["next_dagrun_run_after"] = null,
            ["owners"] = new JsonArray("airflow"),
            ["file_token"] = dag.FileToken,
        };

    public JsonObject Details(DagEntry dag)
    {
        var json = Dag(dag);
        json["catchup"] = false;
        json["render_template_as_native_obj"] = false;
        json["concurrency"] = 16;
        json["latest_dag_version"] = Version(dag, dag.Versions[^1]);
        json["active_runs_count"] = 0;
        return json;
    }

    public JsonObject Version(DagEntry dag, DagVersion version) =>
        new()
        {
            ["id"] = version.Id.ToString(),
            ["version_number"] = version.Number,
            ["dag_id"] = dag.Id,
            ["bundle_name"] = options.BundleName,
            ["bundle_version"] = Told(version.Commit),
            ["bundle_url"] = null,
            ["created_at"] = Instant(version.CreatedAt),
            ["dag_display_name"] = dag.Id,
        };

    public JsonObject Error(ImportError error) =>
        new()
        {
            ["import_error_id"] = error.Id,
            ["timestamp"] = Instant(error.At),
            ["filename"] = error.Path,
            ["bundle_name"] = options.BundleName,
            ["stack_trace"] = error.Trace,
        };

    public JsonObject Run(DagRun run, DateTimeOffset now) =>
        new()
        {
            ["dag_run_id"] = run.Id,
            ["dag_id"] = run.Dag.Id,
            ["logical_date"] = Instant(run.LogicalDate),
            ["queued_at"] = Instant(run.CreatedAt),
            ["start_date"] = Instant(run.StartedAt(now)),
            ["end_date"] = Instant(run.EndedAt(now)),
            ["duration"] = (run.EndedAt(now) - run.StartedAt(now))?.TotalSeconds,
            ["data_interval_start"] = Instant(run.LogicalDate),
            ["data_interval_end"] = Instant(run.LogicalDate),
            ["run_after"] = Instant(run.CreatedAt),
            ["last_scheduling_decision"] = Instant(run.StartedAt(now)),
            ["run_type"] = "manual",
            ["state"] = run.State(now),
            ["triggered_by"] = "rest_api",
            ["triggering_user_name"] = run.UserName,
            ["conf"] = run.Conf.DeepClone(),
            ["note"] = run.Note,
            ["dag_versions"] = new JsonArray(Version(run.Dag, run.Version)),
            ["bundle_version"] = Told(run.Commit),
            ["dag_display_name"] = run.Dag.Id,
            ["partition_key"] = null,
        };

    public JsonObject Task(DagRun run, TaskView task) =>
        new()
        {
            ["id"] = Stable(run, task),
            ["task_id"] = task.Id,
            ["dag_id"] = run.Dag.Id,
            ["dag_run_id"] = run.Id,
            ["map_index"] = -1,
            ["logical_date"] = Instant(run.LogicalDate),
            ["run_after"] = Instant(run.CreatedAt),
            ["start_date"] = Instant(task.StartedAt),
            ["end_date"] = Instant(task.EndedAt),
            ["duration"] = (task.EndedAt - task.StartedAt)?.TotalSeconds,
            ["state"] = task.State,
            ["try_number"] = task.Tries,
            ["max_tries"] = 0,
            ["task_display_name"] = task.Id,
            ["dag_display_name"] = run.Dag.Id,
            ["hostname"] = "simulator",
            ["unixname"] = "airflow",
            ["pool"] = "default_pool",
            ["pool_slots"] = 1,
            ["queue"] = "default",
            ["priority_weight"] = 1,
            ["operator"] = "PythonOperator",
            ["operator_name"] = "PythonOperator",
            ["queued_when"] = Instant(task.StartedAt),
            ["scheduled_when"] = Instant(task.StartedAt),
            ["pid"] = null,
            ["executor"] = null,
            ["executor_config"] = "{}",
            ["note"] = null,
            ["rendered_map_index"] = null,
            ["rendered_fields"] = new JsonObject(),
            ["trigger"] = null,
            ["triggerer_job"] = null,
            ["dag_version"] = Version(run.Dag, run.Version),
        };

    public JsonObject Line(DateTimeOffset at, string words) => new() { ["timestamp"] = Instant(at), ["event"] = words };

    public static JsonObject Source(DagEntry dag) =>
        new()
        {
            ["dag_id"] = dag.Id,
            ["dag_display_name"] = dag.Id,
            ["version_number"] = dag.Versions[^1].Number,
            ["content"] = dag.File.Text,
        };

    private string? Told(string commit) => options.HasVersions ? commit : null;

    public static string? Instant(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static string Stable(DagRun run, TaskView task) =>
        new Guid(
            System.Security.Cryptography.SHA256.HashData(
                System.Text.Encoding.UTF8.GetBytes($"{run.Dag.Id}/{run.Id}/{task.Id}")
            )[..16]
        ).ToString();
}
