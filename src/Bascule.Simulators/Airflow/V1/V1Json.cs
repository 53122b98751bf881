using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Airflow.Bundle;
using Bascule.Simulators.Airflow.Runs;

namespace Bascule.Simulators.Airflow.V1;

/// <summary>Things as REST v1 shows them.</summary>
internal sealed class V1Json(AirflowSimulatorOptions options)
{
    public JsonObject Dag(DagEntry dag) =>
        new()
        {
            ["dag_id"] = dag.Id,
            ["dag_display_name"] = dag.Id,
            ["default_view"] = "grid",
            ["description"] = null,
            ["file_token"] = dag.FileToken,
            ["fileloc"] = Location(dag.File.Path),
            ["has_import_errors"] = dag.HasImportErrors,
            ["has_task_concurrency_limits"] = false,
            ["is_active"] = !dag.IsStale,
            ["is_paused"] = dag.IsPaused,
            ["is_subdag"] = false,
            ["last_expired"] = null,
            ["last_parsed_time"] = Instant(dag.ParsedAt),
            ["last_pickled"] = null,
            ["max_active_runs"] = 16,
            ["max_active_tasks"] = 16,
            ["max_consecutive_failed_dag_runs"] = 0,
            ["next_dagrun"] = null,
            ["owners"] = new JsonArray("airflow"),
            ["pickle_id"] = null,
            ["root_dag_id"] = null,
            ["schedule_interval"] = null,
            ["scheduler_lock"] = null,
            ["tags"] = new JsonArray(),
            ["timetable_description"] = "Never, external triggers only",
        };

    public JsonObject Details(DagEntry dag)
    {
        var json = Dag(dag);
        json["last_parsed"] = Instant(dag.ParsedAt);
        json["catchup"] = false;
        return json;
    }

    public JsonObject Error(ImportError error) =>
        new()
        {
            ["import_error_id"] = error.Id,
            ["timestamp"] = Instant(error.At),
            ["filename"] = Location(error.Path),
            ["stack_trace"] = error.Trace,
        };

    public JsonObject Run(DagRun run, DateTimeOffset now) =>
        new()
        {
            ["dag_run_id"] = run.Id,
            ["dag_id"] = run.Dag.Id,
            ["logical_date"] = Instant(run.LogicalDate),
            ["execution_date"] = Instant(run.LogicalDate),
            ["start_date"] = Instant(run.StartedAt(now)),
            ["end_date"] = Instant(run.EndedAt(now)),
            ["data_interval_start"] = Instant(run.LogicalDate),
            ["data_interval_end"] = Instant(run.LogicalDate),
            ["last_scheduling_decision"] = Instant(run.StartedAt(now)),
            ["run_type"] = "manual",
            ["state"] = run.State(now),
            ["external_trigger"] = true,
            ["conf"] = run.Conf.DeepClone(),
            ["note"] = run.Note,
        };

    public static JsonObject Task(DagRun run, TaskView task) =>
        new()
        {
            ["task_id"] = task.Id,
            ["task_display_name"] = task.Id,
            ["dag_id"] = run.Dag.Id,
            ["dag_run_id"] = run.Id,
            ["execution_date"] = Instant(run.LogicalDate),
            ["start_date"] = Instant(task.StartedAt),
            ["end_date"] = Instant(task.EndedAt),
            ["duration"] = (task.EndedAt - task.StartedAt)?.TotalSeconds,
            ["state"] = task.State,
            ["try_number"] = task.Tries,
            ["map_index"] = -1,
            ["max_tries"] = 0,
            ["hostname"] = "simulator",
            ["unixname"] = "airflow",
            ["pool"] = "default_pool",
            ["pool_slots"] = 1,
            ["queue"] = "default",
            ["priority_weight"] = 1,
            ["operator"] = "PythonOperator",
            ["queued_when"] = Instant(task.StartedAt),
            ["pid"] = null,
            ["executor"] = null,
            ["executor_config"] = "{}",
            ["sla_miss"] = null,
            ["rendered_map_index"] = null,
            ["rendered_fields"] = new JsonObject(),
            ["trigger"] = null,
            ["triggerer_job"] = null,
            ["note"] = null,
        };

    public static string? Instant(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);

    private string Location(string path) => $"{options.DagsFolder}/{path}";
}
