using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Mlflow;

/// <summary><c>/api/2.0/mlflow/experiments</c>.</summary>
/// <param name="refuse">What is wrong with the name of a new experiment; null when nothing is.</param>
internal sealed class ExperimentEndpoints(TrackingStore store, Func<string, ApiReply?> refuse, TimeProvider time)
{
    public void Map(Routes routes)
    {
        routes.Map("POST /api/2.0/mlflow/experiments/create", Create);
        routes.Map(
            "GET /api/2.0/mlflow/experiments/get",
            r => Show(store.FindExperiment(r.TextOrEmpty("experiment_id")))
        );
        routes.Map(
            "GET /api/2.0/mlflow/experiments/get-by-name",
            r => Show(store.FindByName(r.TextOrEmpty("experiment_name")))
        );
        routes.Map("POST /api/2.0/mlflow/experiments/search", Search);
        routes.Map("POST /api/2.0/mlflow/experiments/delete", Delete);
        routes.Map("POST /api/2.0/mlflow/experiments/set-experiment-tag", SetTag);
    }

    private ApiReply Create(ApiRequest request)
    {
        var name = request.TextOrEmpty("name");
        if (refuse(name) is { } wrong)
            return wrong;
        if (store.FindByName(name) is not null)
            return ApiReply.Exists($"Node named '{name[(name.LastIndexOf('/') + 1)..]}' already exists");
        var tags = new Dictionary<string, string>();
        if (TagWriter.Write(tags, request.Objects("tags")) is { } untagged)
            return untagged;
        var experiment = store.Create(name, Now(), tags);
        return ApiReply.Ok(new JsonObject { ["experiment_id"] = experiment.Id });
    }

    private static ApiReply Show(Experiment? experiment) =>
        experiment is null
            ? ApiReply.NotFound("Node does not exist: no such experiment.")
            : ApiReply.Ok(new JsonObject { ["experiment"] = experiment.ToJson() });

    private ApiReply Search(ApiRequest request)
    {
        if (SearchFilter.Parse(request.Text("filter")) is not { } filter)
            return ApiReply.Invalid("Invalid filter.");
        if (request.List("order_by") is { Count: > 0 })
            return ApiReply.Invalid("The simulator lists experiments in order of creation only.");
        var view = request.Text("view_type");
        var found = store
            .Experiments.Where(e => TrackedRunEndpoints.IsInView(e.IsDeleted, view))
            .Where(e => filter.Matches((entity, key) => LookUp(e, entity, key)))
            .ToList();
        if (
            Page.Of(found, request.Text("page_token"), request.Number("max_results") ?? 1000, e => e.ToJson())
            is not { } page
        )
            return ApiReply.Invalid("page_token is not valid.");
        return ApiReply.Ok(new JsonObject { ["experiments"] = page.Json, ["next_page_token"] = page.NextToken });
    }

    private static string? LookUp(Experiment experiment, string entity, string key) =>
        (entity, key) switch
        {
            ("attributes" or "attribute", "name") => experiment.Name,
            ("tags" or "tag", _) => experiment.Tags.GetValueOrDefault(key),
            _ => null,
        };

    private ApiReply Delete(ApiRequest request)
    {
        if (store.FindExperiment(request.TextOrEmpty("experiment_id")) is not { } experiment)
            return Show(null);
        (experiment.IsDeleted, experiment.UpdatedAt) = (true, Now());
        return ApiReply.Ok();
    }

    private ApiReply SetTag(ApiRequest request)
    {
        if (store.FindExperiment(request.TextOrEmpty("experiment_id")) is not { } experiment)
            return Show(null);
        return TagWriter.Write(experiment.Tags, [request.Fields]) ?? ApiReply.Ok();
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
