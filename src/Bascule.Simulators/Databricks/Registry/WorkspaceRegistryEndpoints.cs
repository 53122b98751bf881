using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Databricks.Registry;

/// <summary>The registry of the workspace, with stages.</summary>
internal sealed class WorkspaceRegistryEndpoints(ModelStore store)
{
    private static readonly string[] Stages = ["None", "Staging", "Production", "Archived"];

    public void Map(Routes routes)
    {
        routes.Map("POST /api/2.0/mlflow/registered-models/create", CreateModel);
        routes.Map("GET /api/2.0/mlflow/databricks/registered-models/get", GetModel);
        routes.Map("GET /api/2.0/mlflow/registered-models/search", SearchModels);
        routes.Map("POST /api/2.0/mlflow/registered-models/get-latest-versions", GetLatest);
        routes.Map("POST /api/2.0/mlflow/registered-models/set-tag", SetModelTag);
        routes.Map("POST /api/2.0/mlflow/model-versions/create", CreateVersion);
        routes.Map("GET /api/2.0/mlflow/model-versions/get", r => OnVersion(r, Show));
        routes.Map("GET /api/2.0/mlflow/model-versions/search", SearchVersions);
        routes.Map("PATCH /api/2.0/mlflow/model-versions/update", r => OnVersion(r, v => Update(v, r)));
        routes.Map("POST /api/2.0/mlflow/model-versions/set-tag", r => OnVersion(r, v => SetTag(v.Tags, r)));
        routes.Map(
            "POST /api/2.0/mlflow/databricks/model-versions/transition-stage",
            r => OnVersion(r, v => Transition(v, r))
        );
    }

    private ApiReply CreateModel(ApiRequest request)
    {
        var name = request.TextOrEmpty("name");
        if (name.Length == 0 || name.IndexOfAny(['/', ':', '.']) >= 0)
            return ApiReply.Invalid($"Invalid model name '{name}': it must not be empty or hold '/', ':' or '.'.");
        if (store.Create(name, request, out var model) is { } refusal)
            return refusal;
        model.Description = request.Text("description");
        return ApiReply.Ok(new JsonObject { ["registered_model"] = RegistryJson.Workspace(model) });
    }

    private ApiReply GetModel(ApiRequest request)
    {
        if (!store.TryFind(request.TextOrEmpty("name"), out var model, out var refusal))
            return refusal;
        var json = RegistryJson.Workspace(model);
        json["id"] = model.CreatedAt.ToString("x32", CultureInfo.InvariantCulture);
        json["permission_level"] = "CAN_MANAGE";
        return ApiReply.Ok(new JsonObject { ["registered_model_databricks"] = json });
    }

    private ApiReply SearchModels(ApiRequest request)
    {
        if (SearchFilter.Parse(request.Text("filter")) is not { } filter)
            return ApiReply.Invalid("Invalid filter.");
        var found = store.Models.Where(m => filter.Matches((_, key) => key == "name" ? m.Name : null)).ToList();
        var size = request.Number("max_results") ?? 100;
        if (Page.Of(found, request.Text("page_token"), size, RegistryJson.Workspace) is not { } page)
            return ApiReply.Invalid("page_token is not valid.");
        return ApiReply.Ok(new JsonObject { ["registered_models"] = page.Json, ["next_page_token"] = page.NextToken });
    }

    private ApiReply GetLatest(ApiRequest request)
    {
        if (!store.TryFind(request.TextOrEmpty("name"), out var model, out var refusal))
            return refusal;
        var stages = request.Texts("stages");
        var latest = RegistryJson.Latest(model).Where(v => stages.Count == 0 || stages.Contains(v.Stage));
        return ApiReply.Ok(
            new JsonObject
            {
                ["model_versions"] = new JsonArray([.. latest.Select(v => (JsonNode?)RegistryJson.Workspace(v))]),
            }
        );
    }

    private ApiReply SetModelTag(ApiRequest request) =>
        store.TryFind(request.TextOrEmpty("name"), out var model, out var refusal)
            ? SetTag(model.Tags, request)
            : refusal;

    private ApiReply CreateVersion(ApiRequest request)
    {
        if (store.CreateVersion(request, out var version) is { } refusal)
            return refusal;
        var reply = Show(version!);
        // Registration goes on in the background: the answer still says pending, the next look finds it ready.
        version!.Status = "READY";
        return reply;
    }

    private ApiReply SearchVersions(ApiRequest request)
    {
        if (store.Search(request.Text("filter")) is not { } found)
            return ApiReply.Invalid($"Invalid filter '{request.Text("filter")}'.");
        var size = request.Number("max_results") ?? 10_000;
        if (Page.Of(found, request.Text("page_token"), size, RegistryJson.Workspace) is not { } page)
            return ApiReply.Invalid("page_token is not valid.");
        return ApiReply.Ok(new JsonObject { ["model_versions"] = page.Json, ["next_page_token"] = page.NextToken });
    }

    private ApiReply Update(ModelVersion version, ApiRequest request)
    {
        version.Description = request.Text("description") ?? version.Description;
        version.UpdatedAt = store.Now();
        return Show(version);
    }

    private ApiReply Transition(ModelVersion version, ApiRequest request)
    {
        var stage = request.TextOrEmpty("stage");
        if (!Stages.Contains(stage))
            return ApiReply.Invalid(
                $"Invalid Model Version stage: {stage}. Value must be one of {string.Join(", ", Stages)}."
            );
        if (request.Flag("archive_existing_versions"))
            foreach (var other in version.Model.Versions.Values.Where(v => v.Stage == stage && v != version))
                other.Stage = "Archived";
        (version.Stage, version.UpdatedAt) = (stage, store.Now());
        return ApiReply.Ok(new JsonObject { ["model_version_databricks"] = RegistryJson.Workspace(version) });
    }

    private ApiReply OnVersion(ApiRequest request, Func<ModelVersion, ApiReply> act) =>
        store.TryFind(request.TextOrEmpty("name"), request.TextOrEmpty("version"), out var version, out var refusal)
            ? act(version)
            : refusal;

    private static ApiReply Show(ModelVersion version) =>
        ApiReply.Ok(new JsonObject { ["model_version"] = RegistryJson.Workspace(version) });

    private static ApiReply SetTag(Dictionary<string, string> tags, ApiRequest request) =>
        TagWriter.Write(tags, [request.Fields]) ?? ApiReply.Ok();
}
