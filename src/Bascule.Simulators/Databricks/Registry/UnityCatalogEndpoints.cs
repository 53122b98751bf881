using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Registry;

/// <summary>The same models as Unity Catalog's own API shows them: <c>/api/2.1/unity-catalog/models</c>.</summary>
internal sealed class UnityCatalogEndpoints(ModelStore store, Catalogs catalogs, long workspaceId)
{
    private const string Base = "/api/2.1/unity-catalog/models";
    private const int LargestPage = 1000;
    private const int DefaultPage = 100;

    public void Map(Routes routes)
    {
        routes.Map($"POST {Base}", Create);
        routes.Map($"GET {Base}", List);
        routes.Map($"GET {Base}/{{full_name}}", r => OnModel(r, m => ApiReply.Ok(RegistryJson.Unity(m))));
        routes.Map($"GET {Base}/{{full_name}}/versions", r => OnModel(r, m => Versions(m, r)));
        routes.Map($"GET {Base}/{{full_name}}/versions/{{version}}", GetVersion);
        routes.Map($"GET {Base}/{{full_name}}/aliases/{{alias}}", r => OnModel(r, m => GetByAlias(m, r)));
        routes.Map($"PUT {Base}/{{full_name}}/aliases/{{alias}}", r => OnModel(r, m => SetAlias(m, r)));
        routes.Map($"DELETE {Base}/{{full_name}}/aliases/{{alias}}", r => OnModel(r, m => DeleteAlias(m, r)));
    }

    private ApiReply Create(ApiRequest request)
    {
        var name = $"{request.Text("catalog_name")}.{request.Text("schema_name")}.{request.Text("name")}";
        if (catalogs.Refusal(name, request.Caller.UserName) is { } denied)
            return denied;
        if (store.Create(name, request, out var model) is { } refusal)
            return refusal;
        model.Description = request.Text("comment");
        return ApiReply.Ok(RegistryJson.Unity(model));
    }

    private ApiReply List(ApiRequest request)
    {
        var prefix = $"{request.Text("catalog_name")}.{request.Text("schema_name")}.";
        var found = store
            .Models.Where(m => prefix == ".." || m.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToList();
        return Paged(request, "registered_models", found, RegistryJson.Unity);
    }

    private ApiReply Versions(RegisteredModel model, ApiRequest request) =>
        Paged(
            request,
            "model_versions",
            [.. model.Versions.Values.Reverse()],
            v => RegistryJson.Unity(v, workspaceId, withAliases: false)
        );

    private static ApiReply Paged<T>(ApiRequest request, string name, List<T> all, Func<T, JsonObject> json)
    {
        var size = request.Number("max_results") ?? DefaultPage;
        if (size is < 0 or > LargestPage)
            return ApiReply.Invalid($"max_results must be between 0 and {LargestPage}.");
        if (Page.Of(all, request.Text("page_token"), size == 0 ? DefaultPage : size, json) is not { } page)
            return ApiReply.Invalid("page_token is not valid.");
        return ApiReply.Ok(new JsonObject { [name] = page.Json, ["next_page_token"] = page.NextToken });
    }

    private ApiReply GetVersion(ApiRequest request) =>
        store.TryFind(request.Route["full_name"], request.Route["version"], out var version, out var refusal)
            ? ApiReply.Ok(RegistryJson.Unity(version, workspaceId, request.Flag("include_aliases")))
            : refusal;

    private ApiReply GetByAlias(RegisteredModel model, ApiRequest request) =>
        model.Aliases.TryGetValue(request.Route["alias"], out var number)
            ? ApiReply.Ok(RegistryJson.Unity(model.Versions[number], workspaceId, request.Flag("include_aliases")))
            : NoAlias(request);

    private ApiReply SetAlias(RegisteredModel model, ApiRequest request)
    {
        var number = (int)request.Number("version_num")!.Value;
        if (!model.Versions.ContainsKey(number))
            return ApiReply.NotFound($"Version {number} of '{model.Name}' does not exist.");
        if (catalogs.Refusal(model.Name, request.Caller.UserName) is { } denied)
            return denied;
        model.Aliases[request.Route["alias"]] = number;
        return ApiReply.Ok(RegistryJson.UnityAlias(model, request.Route["alias"]));
    }

    private static ApiReply DeleteAlias(RegisteredModel model, ApiRequest request) =>
        model.Aliases.Remove(request.Route["alias"]) ? ApiReply.Ok() : NoAlias(request);

    private static ApiReply NoAlias(ApiRequest request) =>
        ApiReply.NotFound($"Alias '{request.Route["alias"]}' does not exist.");

    private ApiReply OnModel(ApiRequest request, Func<RegisteredModel, ApiReply> act) =>
        store.TryFind(request.Route["full_name"], out var model, out var refusal) ? act(model) : refusal;
}
