using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>Runs as Jobs 2.2 shows them.</summary>
internal sealed class RunJson(Func<Uri> url, long workspaceId)
{
    public JsonObject Run(JobRun run, bool withTasks, bool withHistory = false)
    {
        var json = new JsonObject
        {
            ["job_id"] = run.JobId,
            ["run_id"] = run.RunId,
            ["job_run_id"] = run.RunId,
            ["number_in_job"] = run.RunId,
            ["run_name"] = run.Name,
            ["run_type"] = run.Type,
            ["trigger"] = "ONE_TIME",
            ["creator_user_name"] = run.Creator,
            ["run_page_url"] = PageOf(run, run.RunId),
            ["job_parameters"] = run.ParametersJson?.DeepClone(),
            ["git_source"] = run.GitSource?.DeepClone(),
            ["original_attempt_run_id"] = run.RunId,
            ["repair_history"] = withHistory ? History(run) : null,
            ["status"] = run.State.StatusJson(),
            ["state"] = run.State.LegacyJson(),
        };
        AddTimes(json, run.StartTime, run.EndTime);
        if (withTasks)
            json["tasks"] = new JsonArray([.. run.Tasks.Select(t => (JsonNode?)Task(run, t))]);
        return json;
    }

    /// <summary>What <c>runs/get</c> and the output's metadata show for a task run's own id.</summary>
    public JsonObject TaskAsRun(JobRun run, TaskRun task)
    {
        var json = Run(run, withTasks: false);
        json["run_id"] = task.RunId;
        json["run_name"] = task.Key;
        json["status"] = task.State.StatusJson();
        json["state"] = task.State.LegacyJson();
        AddTimes(json, task.StartTime, task.EndTime);
        json["tasks"] = new JsonArray(Task(run, task));
        return json;
    }

    private JsonObject Task(JobRun run, TaskRun task)
    {
        var json = task.Spec.DeepClone().AsObject();
        json["run_id"] = task.RunId;
        json["attempt_number"] = task.Attempt;
        json["run_page_url"] = PageOf(run, task.RunId);
        json["status"] = task.State.StatusJson();
        json["state"] = task.State.LegacyJson();
        AddTimes(json, task.StartTime, task.EndTime);
        return json;
    }

    /// <summary>The original execution first; what became of each but the last is not kept.</summary>
    private static JsonArray History(JobRun run) =>
        [
            new JsonObject { ["type"] = "ORIGINAL", ["start_time"] = run.StartTime },
            .. run.Repairs.Select(repair =>
                (JsonNode?)
                    new JsonObject
                    {
                        ["type"] = "REPAIR",
                        ["id"] = repair.Id,
                        ["start_time"] = repair.StartTime,
                        ["task_run_ids"] = new JsonArray([.. repair.TaskRunIds.Select(id => (JsonNode?)id)]),
                    }
            ),
        ];

    private string PageOf(JobRun run, long id) => $"{url()}jobs/{run.JobId}/runs/{id}?o={workspaceId}";

    private static void AddTimes(JsonObject json, long start, long end)
    {
        json["start_time"] = start;
        json["end_time"] = end;
        json["setup_duration"] = 0;
        json["execution_duration"] = end > start && start > 0 ? end - start : 0;
        json["cleanup_duration"] = 0;
    }
}
