using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Assets;
using Bascule.Simulators.Databricks.Wire;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Azure.MachineLearning.Tracking;

/// <summary>The registry as MLflow sees it: the workspace's models; a version's run is the job that it came from.</summary>
internal sealed class ModelEndpoints(AssetStore assets, TrackingStore tracking)
{
    private const string Base = "/api/2.0/mlflow";
    private const int UsualPage = 100;

    public void Map(Routes routes)
    {
        routes.Map($"POST {Base}/registered-models/create", CreateModel);
        routes.Map($"GET {Base}/registered-models/get", r => OnModel(r, ShowModel));
        routes.Map($"GET {Base}/registered-models/search", SearchModels);
        routes.Map($"POST {Base}/model-versions/create", r => OnModel(r, m => CreateVersion(m, r)));
        routes.Map($"GET {Base}/model-versions/get", r => OnModel(r, m => GetVersion(m, r)));
        routes.Map($"GET {Base}/model-versions/search", SearchVersions);
    }

    private ApiReply CreateModel(ApiRequest request)
    {
        var name = request.TextOrEmpty("name");
        if (!AssetWrites.NamePattern().IsMatch(name))
            return ApiReply.Invalid($"Invalid model name '{name}'.");
        if (assets.Find(AssetKind.Models, name) is not null)
            return ApiReply.Exists($"Registered Model (name={name}) already exists.");
        var tags = new Dictionary<string, string>();
        if (TagWriter.Write(tags, request.Objects("tags")) is { } refusal)
            return refusal;
        var model = assets.Ensure(AssetKind.Models, name);
        model.Properties = new() { ["description"] = request.Text("description"), ["tags"] = Map(tags) };
        return ShowModel(model);
    }

    private ApiReply OnModel(ApiRequest request, Func<AssetContainer, ApiReply> act) =>
        assets.Find(AssetKind.Models, request.TextOrEmpty("name")) is { } model
            ? act(model)
            : ApiReply.NotFound($"Registered Model with name={request.TextOrEmpty("name")} not found");

    private static ApiReply ShowModel(AssetContainer model) =>
        ApiReply.Ok(new JsonObject { ["registered_model"] = Json(model) });

    private ApiReply SearchModels(ApiRequest request)
    {
        if (SearchFilter.Parse(request.Text("filter")) is not { } filter)
            return ApiReply.Invalid("Invalid filter.");
        var found = assets
            .Of(AssetKind.Models)
            .Where(m => filter.Matches((entity, key) => key == "name" ? m.Name : Tag(m.Properties, entity, key)))
            .ToList();
        var size = request.Number("max_results") ?? UsualPage;
        return Page.Of(found, request.Text("page_token"), size, Json) is { } page
            ? ApiReply.Ok(new JsonObject { ["registered_models"] = page.Json, ["next_page_token"] = page.NextToken })
            : ApiReply.Invalid("page_token is not valid.");
    }

    private ApiReply CreateVersion(AssetContainer model, ApiRequest request)
    {
        if (request.TextOrEmpty("source").Length == 0)
            return ApiReply.Invalid("Missing required field: source");
        if (request.Text("run_id") is { Length: > 0 } run && tracking.FindRun(run) is null)
            return ApiReply.NotFound($"Run '{run}' not found");
        var tags = new Dictionary<string, string>();
        if (TagWriter.Write(tags, request.Objects("tags")) is { } refusal)
            return refusal;
        var properties = new JsonObject
        {
            ["modelUri"] = request.Text("source"),
            ["modelType"] = "mlflow_model",
            ["jobName"] = request.Text("run_id"),
            ["description"] = request.Text("description"),
            ["tags"] = Map(tags),
        };
        return ShowVersion(assets.Write(AssetKind.Models, model.Name, Next(model), properties));
    }

    /// <summary>One more than the highest that is a number.</summary>
    public static string Next(AssetContainer model) =>
        (
            model
                .Versions.Select(v => int.TryParse(v.Version, CultureInfo.InvariantCulture, out var n) ? n : 0)
                .DefaultIfEmpty()
                .Max() + 1
        ).ToString(CultureInfo.InvariantCulture);

    private static ApiReply GetVersion(AssetContainer model, ApiRequest request) =>
        model.Find(request.TextOrEmpty("version")) is { } version
            ? ShowVersion(version)
            : ApiReply.NotFound(
                $"Model Version (name={model.Name}, version={request.TextOrEmpty("version")}) not found"
            );

    private static ApiReply ShowVersion(AssetVersion version) =>
        ApiReply.Ok(new JsonObject { ["model_version"] = Json(version) });

    private ApiReply SearchVersions(ApiRequest request)
    {
        if (SearchFilter.Parse(request.Text("filter")) is not { } filter)
            return ApiReply.Invalid($"Invalid filter '{request.Text("filter")}'.");
        if (request.List("order_by") is { Count: > 0 })
            return ApiReply.Invalid("The simulator lists versions newest first only.");
        var found = assets
            .Of(AssetKind.Models)
            .SelectMany(m => m.Versions.AsEnumerable().Reverse())
            .Where(v => filter.Matches((entity, key) => LookUp(v, entity, key)))
            .ToList();
        var size = request.Number("max_results") ?? UsualPage;
        return Page.Of(found, request.Text("page_token"), size, Json) is { } page
            ? ApiReply.Ok(new JsonObject { ["model_versions"] = page.Json, ["next_page_token"] = page.NextToken })
            : ApiReply.Invalid("page_token is not valid.");
    }

    private static object? LookUp(AssetVersion version, string entity, string key) =>
        (entity, key) switch
        {
            ("tags" or "tag", _) => Tag(version.Properties, entity, key),
            (_, "name") => version.Container.Name,
            (_, "run_id") => version.Text("jobName"),
            (_, "source_path" or "source") => version.Text("modelUri"),
            (_, "version_number") => double.TryParse(version.Version, CultureInfo.InvariantCulture, out var n)
                ? n
                : null,
            _ => null,
        };

    private static string? Tag(JsonObject properties, string entity, string key) =>
        entity is "tags" or "tag" ? (string?)properties["tags"]?[key] : null;

    private static JsonObject Json(AssetContainer model)
    {
        var json = new JsonObject
        {
            ["name"] = model.Name,
            ["creation_timestamp"] = model.Stamp.CreatedAt.ToUnixTimeMilliseconds(),
            ["last_updated_timestamp"] = model.Stamp.ModifiedAt.ToUnixTimeMilliseconds(),
            ["description"] = (string?)model.Properties["description"],
            ["tags"] = Pairs(model.Properties["tags"]),
        };
        if (model.Latest is { } latest)
            json["latest_versions"] = new JsonArray(Json(latest));
        return json;
    }

    private static JsonObject Json(AssetVersion version) =>
        new()
        {
            ["name"] = version.Container.Name,
            ["version"] = version.Version,
            ["creation_timestamp"] = version.Stamp.CreatedAt.ToUnixTimeMilliseconds(),
            ["last_updated_timestamp"] = version.Stamp.ModifiedAt.ToUnixTimeMilliseconds(),
            ["current_stage"] = "None",
            ["description"] = version.Text("description"),
            ["source"] = version.Text("modelUri"),
            ["run_id"] = version.Text("jobName"),
            ["status"] = "READY",
            ["tags"] = Pairs(version.Properties["tags"]),
        };

    private static JsonObject Map(Dictionary<string, string> tags) =>
        new(tags.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value)));

    private static JsonArray Pairs(JsonNode? tags) =>
        TrackedRun.Pairs((tags as JsonObject ?? []).ToDictionary(t => t.Key, t => (string?)t.Value ?? ""));
}
