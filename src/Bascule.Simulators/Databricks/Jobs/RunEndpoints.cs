using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>What happens to launched runs.</summary>
internal sealed class RunEndpoints(JobStore store, RunJson json)
{
    private const int DefaultLimit = 20;
    private const int HighestLimit = 24; // "must be greater than 0 and less than 25"

    public void Map(Routes routes)
    {
        routes.Map("GET /api/2.2/jobs/runs/get", Get);
        routes.Map("GET /api/2.2/jobs/runs/get-output", GetOutput);
        routes.Map("GET /api/2.2/jobs/runs/list", List);
        routes.Map("POST /api/2.2/jobs/runs/cancel", Cancel);
        routes.Map("POST /api/2.2/jobs/runs/delete", Delete);
    }

    private ApiReply Get(ApiRequest request)
    {
        if (request.Number("run_id") is not { } id)
            return ApiReply.Invalid("Missing required field: run_id");
        if (store.FindRun(id) is { } run)
            return ApiReply.Ok(json.Run(run, withTasks: true, withHistory: request.Flag("include_history")));
        return store.FindTask(id) is { } found ? ApiReply.Ok(json.TaskAsRun(found.Run, found.Task)) : Missing(id);
    }

    private ApiReply GetOutput(ApiRequest request)
    {
        if (request.Number("run_id") is not { } id)
            return ApiReply.Invalid("Missing required field: run_id");
        if (store.FindRun(id) is not null)
            return ApiReply.Invalid(
                "Retrieving the output of runs with multiple tasks is not supported. "
                    + "Please retrieve the output of each individual task run instead."
            );
        return store.FindTask(id) is { } found ? ApiReply.Ok(Output(found.Run, found.Task)) : Missing(id);
    }

    private JsonObject Output(JobRun run, TaskRun task)
    {
        var output = task.Output;
        var isNotebook = task.Spec["notebook_task"] is not null;
        return new JsonObject
        {
            ["metadata"] = json.TaskAsRun(run, task),
            ["error"] = output.Error,
            ["error_trace"] = output.Trace,
            // A notebook's cells are not standard streams: its result is what dbutils.notebook.exit was given.
            ["logs"] = isNotebook ? null : output.Logs,
            ["logs_truncated"] = isNotebook ? null : output.LogsTruncated,
            ["notebook_output"] = isNotebook
                ? new JsonObject { ["result"] = output.NotebookResult, ["truncated"] = false }
                : null,
            ["info"] = task.Spec["environment_key"] is null
                ? null
                : "Simulator: dependencies were checked for their form and not installed.",
        };
    }

    private ApiReply List(ApiRequest request)
    {
        var limit = request.Number("limit") ?? DefaultLimit;
        if (limit is < 1 or > HighestLimit)
            return ApiReply.Invalid($"limit must be between 1 and {HighestLimit}.");
        if (request.Flag("active_only") && request.Flag("completed_only"))
            return ApiReply.Invalid("active_only and completed_only exclude each other.");
        var matching = store.NewestFirst.Where(r => Matches(request, r)).ToList();
        var token = request.Text("page_token") ?? request.Fields["offset"]?.ToString();
        if (Page.Of(matching, token, limit, r => json.Run(r, request.Flag("expand_tasks"))) is not { } page)
            return ApiReply.Invalid("page_token is not valid.");
        var reply = new JsonObject { ["runs"] = page.Json, ["has_more"] = page.NextToken is not null };
        reply["next_page_token"] = page.NextToken;
        return ApiReply.Ok(reply);
    }

    private static bool Matches(ApiRequest request, JobRun run) =>
        (request.Number("job_id") is not { } job || run.JobId == job)
        && (!request.Flag("active_only") || !run.State.IsFinal)
        && (!request.Flag("completed_only") || run.State.IsFinal)
        && (request.Text("run_type") is not { } type || run.Type == type)
        && run.StartTime >= (request.Number("start_time_from") ?? long.MinValue)
        && run.StartTime <= (request.Number("start_time_to") ?? long.MaxValue);

    private ApiReply Cancel(ApiRequest request)
    {
        if (!TryFindEither(request, out var run, out var refusal))
            return refusal;
        Launcher.Cancel(run);
        return ApiReply.Ok();
    }

    private ApiReply Delete(ApiRequest request)
    {
        if (!TryFindEither(request, out var run, out var refusal))
            return refusal;
        if (!run.State.IsFinal)
            return ApiReply.InvalidState($"Run {run.RunId} is still active; cancel it first.");
        store.Delete(run);
        return ApiReply.Ok();
    }

    private bool TryFindEither(
        ApiRequest request,
        [NotNullWhen(true)] out JobRun? run,
        [NotNullWhen(false)] out ApiReply? refusal
    )
    {
        var id = request.Number("run_id")!.Value;
        run = store.FindRun(id) ?? store.FindTask(id)?.Run;
        refusal = run is null ? Missing(id) : null;
        return run is not null;
    }

    // Jobs answers 400 where others answer 404; clients recognise the sentence.
    private static ApiReply Missing(long id) => ApiReply.Invalid($"Run {id} does not exist.");
}
