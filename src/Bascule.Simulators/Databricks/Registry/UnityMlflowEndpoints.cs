using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Databricks.Registry;

/// <summary>Unity Catalog's registry as MLflow's client speaks to it: <c>/api/2.0/mlflow/unity-catalog</c>.</summary>
internal sealed class UnityMlflowEndpoints(ModelStore store, Catalogs catalogs)
{
    private const string Base = "/api/2.0/mlflow/unity-catalog";

    public void Map(Routes routes)
    {
        routes.Map($"POST {Base}/registered-models/create", CreateModel);
        routes.Map($"GET {Base}/registered-models/get", r => OnModel(r, Show));
        routes.Map($"GET {Base}/registered-models/search", SearchModels);
        routes.Map($"POST {Base}/registered-models/set-tag", r => OnModel(r, m => SetTag(m.Tags, r)));
        routes.Map($"POST {Base}/registered-models/alias", r => OnVersion(r, v => SetAlias(v, r.TextOrEmpty("alias"))));
        routes.Map(
            $"DELETE {Base}/registered-models/alias",
            r => OnModel(r, m => DeleteAlias(m, r.TextOrEmpty("alias")))
        );
        routes.Map($"GET {Base}/registered-models/alias", r => OnModel(r, m => GetByAlias(m, r.TextOrEmpty("alias"))));
        routes.Map($"POST {Base}/model-versions/create", CreateVersion);
        routes.Map($"GET {Base}/model-versions/get", r => OnVersion(r, Show));
        routes.Map($"GET {Base}/model-versions/search", SearchVersions);
        routes.Map($"POST {Base}/model-versions/finalize", r => OnVersion(r, FinalizeVersion));
        routes.Map($"PATCH {Base}/model-versions/update", r => OnVersion(r, v => Update(v, r)));
        routes.Map($"POST {Base}/model-versions/set-tag", r => OnVersion(r, v => SetTag(v.Tags, r)));
        routes.Map($"GET {Base}/model-versions/get-download-uri", r => OnVersion(r, DownloadUri));
        routes.Map($"DELETE {Base}/model-versions/delete", r => OnVersion(r, Delete));
    }

    private ApiReply CreateModel(ApiRequest request)
    {
        var name = request.TextOrEmpty("name");
        if (catalogs.Refusal(name, request.Caller.UserName) is { } denied)
            return denied;
        if (store.Create(name, request, out var model) is { } refusal)
            return refusal;
        model.Description = request.Text("description");
        return Show(model);
    }

    private ApiReply SearchModels(ApiRequest request)
    {
        var size = request.Number("max_results") ?? 100;
        if (Page.Of([.. store.Models], request.Text("page_token"), size, RegistryJson.UnityMlflow) is not { } page)
            return ApiReply.Invalid("page_token is not valid.");
        return ApiReply.Ok(new JsonObject { ["registered_models"] = page.Json, ["next_page_token"] = page.NextToken });
    }

    private ApiReply CreateVersion(ApiRequest request)
    {
        if (catalogs.Refusal(request.TextOrEmpty("name"), request.Caller.UserName) is { } denied)
            return denied;
        return store.CreateVersion(request, out var version) ?? Show(version!);
    }

    private ApiReply SearchVersions(ApiRequest request)
    {
        if (store.Search(request.Text("filter")) is not { } found)
            return ApiReply.Invalid($"Invalid filter '{request.Text("filter")}'.");
        var size = request.Number("max_results") ?? 10_000;
        if (Page.Of(found, request.Text("page_token"), size, RegistryJson.UnityMlflow) is not { } page)
            return ApiReply.Invalid("page_token is not valid.");
        return ApiReply.Ok(new JsonObject { ["model_versions"] = page.Json, ["next_page_token"] = page.NextToken });
    }

    private ApiReply FinalizeVersion(ModelVersion version)
    {
        if (version.Status != "PENDING_REGISTRATION")
            return ApiReply.InvalidState($"Version {version.Number} of '{version.Model.Name}' is {version.Status}.");
        (version.Status, version.UpdatedAt) = ("READY", store.Now());
        return Show(version);
    }

    private ApiReply Update(ModelVersion version, ApiRequest request)
    {
        version.Description = request.Text("description") ?? version.Description;
        version.UpdatedAt = store.Now();
        return Show(version);
    }

    private static ApiReply DownloadUri(ModelVersion version) =>
        ApiReply.Ok(new JsonObject { ["artifact_uri"] = RegistryJson.StorageOf(version) });

    private static ApiReply Delete(ModelVersion version)
    {
        version.Model.Versions.Remove(version.Number);
        foreach (var alias in version.Model.AliasesOf(version.Number).ToList())
            version.Model.Aliases.Remove(alias);
        return ApiReply.Ok();
    }

    private static ApiReply SetAlias(ModelVersion version, string alias)
    {
        version.Model.Aliases[alias] = version.Number;
        return ApiReply.Ok();
    }

    private static ApiReply DeleteAlias(RegisteredModel model, string alias) =>
        model.Aliases.Remove(alias) ? ApiReply.Ok() : NoAlias(alias);

    private static ApiReply GetByAlias(RegisteredModel model, string alias) =>
        model.Aliases.TryGetValue(alias, out var number) ? Show(model.Versions[number]) : NoAlias(alias);

    private static ApiReply NoAlias(string alias) => ApiReply.NotFound($"Alias '{alias}' does not exist.");

    private ApiReply OnModel(ApiRequest request, Func<RegisteredModel, ApiReply> act) =>
        store.TryFind(request.TextOrEmpty("name"), out var model, out var refusal) ? act(model) : refusal;

    private ApiReply OnVersion(ApiRequest request, Func<ModelVersion, ApiReply> act) =>
        store.TryFind(request.TextOrEmpty("name"), request.TextOrEmpty("version"), out var version, out var refusal)
            ? act(version)
            : refusal;

    private static ApiReply Show(RegisteredModel model) =>
        ApiReply.Ok(new JsonObject { ["registered_model"] = RegistryJson.UnityMlflow(model) });

    private static ApiReply Show(ModelVersion version) =>
        ApiReply.Ok(new JsonObject { ["model_version"] = RegistryJson.UnityMlflow(version) });

    private static ApiReply SetTag(Dictionary<string, string> tags, ApiRequest request) =>
        TagWriter.Write(tags, [request.Fields]) ?? ApiReply.Ok();
}
