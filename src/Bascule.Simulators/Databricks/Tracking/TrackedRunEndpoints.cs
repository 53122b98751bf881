using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Access;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Tracking;

/// <summary>Life and search of MLflow runs.</summary>
internal sealed class TrackedRunEndpoints(TrackingStore store, TimeProvider time, bool tagsParentRun)
{
    public void Map(Routes routes)
    {
        routes.Map("POST /api/2.0/mlflow/runs/create", Create);
        routes.Map("POST /api/2.0/mlflow/runs/update", Update);
        routes.Map("GET /api/2.0/mlflow/runs/get", Get);
        routes.Map("POST /api/2.0/mlflow/runs/search", Search);
        routes.Map("POST /api/2.0/mlflow/runs/delete", r => SetDeleted(r, true));
        routes.Map("POST /api/2.0/mlflow/runs/restore", r => SetDeleted(r, false));
        routes.Map("GET /api/2.0/mlflow/artifacts/list", ListArtifacts);
    }

    public static bool IsInView(bool isDeleted, string? view) => view == "ALL" || isDeleted == (view == "DELETED_ONLY");

    private ApiReply Create(ApiRequest request)
    {
        var id = request.TextOrEmpty("experiment_id");
        if (store.FindExperiment(id) is not { IsDeleted: false } experiment)
            return ApiReply.NotFound($"No Experiment with id={id} exists");
        var run = new TrackedRun(Guid.NewGuid().ToString("N"), experiment.Id, request.Caller.UserName)
        {
            Name = request.Text("run_name") ?? "run",
            StartTime = request.Number("start_time") ?? Now(),
        };
        run.Tags["mlflow.user"] = request.Caller.UserName;
        run.Tags["mlflow.runName"] = run.Name;
        if (request.Caller.Job is { } job)
            AddJobTags(run, job);
        if (TagWriter.Write(run.Tags, request.Objects("tags")) is { } refusal)
            return refusal;
        store.Add(run);
        return ApiReply.Ok(new JsonObject { ["run"] = run.ToJson() });
    }

    // Inside a Databricks job MLflow's own client sets these two. The simulator sets them for a job's token, because a
    // script that speaks REST has no such client. The run id is the task's, as in the notebook context that MLflow reads.
    private void AddJobTags(TrackedRun run, JobScope job)
    {
        run.Tags["mlflow.databricks.jobID"] = job.JobId.ToString(CultureInfo.InvariantCulture);
        run.Tags["mlflow.databricks.jobRunID"] = (tagsParentRun ? job.JobRunId : job.TaskRunId).ToString(
            CultureInfo.InvariantCulture
        );
    }

    private ApiReply Update(ApiRequest request)
    {
        if (!TryFind(store, request, out var run, out var refusal))
            return refusal;
        run.Status = request.Text("status") ?? run.Status;
        run.EndTime = request.Number("end_time") ?? run.EndTime;
        run.Name = request.Text("run_name") ?? run.Name;
        run.Tags["mlflow.runName"] = run.Name;
        return ApiReply.Ok(new JsonObject { ["run_info"] = run.InfoJson() });
    }

    private ApiReply Get(ApiRequest request) =>
        TryFind(store, request, out var run, out var refusal)
            ? ApiReply.Ok(new JsonObject { ["run"] = run.ToJson() })
            : refusal;

    private ApiReply SetDeleted(ApiRequest request, bool deleted)
    {
        if (!TryFind(store, request, out var run, out var refusal))
            return refusal;
        run.IsDeleted = deleted;
        return ApiReply.Ok();
    }

    private ApiReply ListArtifacts(ApiRequest request) =>
        TryFind(store, request, out var run, out var refusal)
            ? ApiReply.Ok(new JsonObject { ["root_uri"] = run.ArtifactUri, ["files"] = new JsonArray() })
            : refusal;

    private ApiReply Search(ApiRequest request)
    {
        const int most = 50_000;
        var size = request.Number("max_results") ?? 1000;
        if (size is < 1 or > most)
            return ApiReply.Invalid($"max_results must be between 1 and {most}.");
        if (request.Texts("experiment_ids") is not { Count: > 0 } experiments)
            return ApiReply.Invalid("experiment_ids must not be empty.");
        if (SearchFilter.Parse(request.Text("filter")) is not { } filter)
            return ApiReply.Invalid($"Invalid filter '{request.Text("filter")}'.");
        if (RunOrder.Parse(request.Texts("order_by")) is not { } order)
            return ApiReply.Invalid("order_by takes attributes, metrics, params or tags, each with ASC or DESC.");
        var found = store
            .Runs.Where(r => experiments.Contains(r.ExperimentId))
            .Where(r => IsInView(r.IsDeleted, request.Text("run_view_type")))
            .Where(r => filter.Matches((entity, key) => RunValues.LookUp(r, entity, key)));
        var sorted = order.Sort(found).ToList();
        if (Page.Of(sorted, request.Text("page_token"), size, r => r.ToJson()) is not { } page)
            return ApiReply.Invalid("page_token is not valid.");
        return ApiReply.Ok(new JsonObject { ["runs"] = page.Json, ["next_page_token"] = page.NextToken });
    }

    /// <summary>The run that <c>run_id</c> or its old name <c>run_uuid</c> names.</summary>
    public static bool TryFind(
        TrackingStore store,
        ApiRequest request,
        [NotNullWhen(true)] out TrackedRun? run,
        [NotNullWhen(false)] out ApiReply? refusal
    )
    {
        var id = request.Text("run_id") ?? request.TextOrEmpty("run_uuid");
        run = store.FindRun(id);
        refusal =
            id.Length == 0 ? ApiReply.Invalid("Missing required field: run_id")
            : run is null ? ApiReply.NotFound($"Run '{id}' not found")
            : null;
        return refusal is null;
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
