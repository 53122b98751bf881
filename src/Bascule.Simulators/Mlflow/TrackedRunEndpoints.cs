using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Mlflow;

/// <summary>Life and search of MLflow runs.</summary>
/// <param name="mark">Sets the tags that a platform gives each new run by itself.</param>
internal sealed class TrackedRunEndpoints(TrackingStore store, TimeProvider time, Action<TrackedRun, ApiRequest> mark)
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
        var runId = Guid.NewGuid().ToString("N");
        var run = new TrackedRun(runId, experiment.Id, request.Caller.UserName)
        {
            ArtifactUri = $"{experiment.ArtifactLocation}/{runId}/artifacts",
            Name = request.Text("run_name") ?? "run",
            StartTime = request.Number("start_time") ?? Now(),
        };
        run.Tags["mlflow.user"] = request.Caller.UserName;
        run.Tags["mlflow.runName"] = run.Name;
        mark(run, request);
        if (TagWriter.Write(run.Tags, request.Objects("tags")) is { } refusal)
            return refusal;
        store.Add(run);
        return ApiReply.Ok(new JsonObject { ["run"] = run.ToJson() });
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
            ? ApiReply.Ok(
                new JsonObject { ["root_uri"] = run.ArtifactUri, ["files"] = Files(run, request.TextOrEmpty("path")) }
            )
            : refusal;

    /// <summary>What is directly in a folder: files and folders.</summary>
    private static JsonArray Files(TrackedRun run, string folder)
    {
        var prefix = folder.Length == 0 ? "" : folder.TrimEnd('/') + "/";
        var below = run.Files.Where(f => f.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        var folders = below
            .Select(f => f.Key[prefix.Length..].Split('/'))
            .Where(parts => parts.Length > 1)
            .Select(parts => prefix + parts[0])
            .Distinct();
        return
        [
            .. folders.Select(f => (JsonNode?)new JsonObject { ["path"] = f, ["is_dir"] = true }),
            .. below
                .Where(f => !f.Key[prefix.Length..].Contains('/'))
                .Select(f =>
                    (JsonNode?)
                        new JsonObject
                        {
                            ["path"] = f.Key,
                            ["is_dir"] = false,
                            ["file_size"] = f.Value,
                        }
                ),
        ];
    }

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
