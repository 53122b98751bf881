using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Simulators.Mlflow;

namespace Bascule.Simulators.Databricks.Registry;

/// <summary>Models and versions in the four shapes in which the APIs show them.</summary>
internal static class RegistryJson
{
    public static JsonObject Plain(ModelVersion v) =>
        new()
        {
            ["name"] = v.Model.Name,
            ["version"] = v.Number.ToString(CultureInfo.InvariantCulture),
            ["creation_timestamp"] = v.CreatedAt,
            ["last_updated_timestamp"] = v.UpdatedAt,
            ["user_id"] = v.UserName,
            ["description"] = v.Description,
            ["source"] = v.Source,
            ["run_id"] = v.RunId,
            ["status"] = v.Status,
            ["tags"] = TrackedRun.Pairs(v.Tags),
        };

    public static JsonObject Workspace(ModelVersion v)
    {
        var json = Plain(v);
        json["current_stage"] = v.Stage;
        json["run_link"] = v.RunLink;
        return json;
    }

    public static JsonObject Workspace(RegisteredModel m)
    {
        var json = Plain(m);
        json["latest_versions"] = new JsonArray([.. Latest(m).Select(v => (JsonNode?)Workspace(v))]);
        return json;
    }

    public static IEnumerable<ModelVersion> Latest(RegisteredModel m) =>
        m.Versions.Values.GroupBy(v => v.Stage).Select(g => g.MaxBy(v => v.Number)!);

    public static JsonObject UnityMlflow(ModelVersion v)
    {
        var json = Plain(v);
        json["storage_location"] = StorageOf(v);
        json["aliases"] = MlflowAliases(v.Model, v.Number);
        return json;
    }

    public static JsonObject UnityMlflow(RegisteredModel m)
    {
        var json = Plain(m);
        json["aliases"] = MlflowAliases(m, null);
        return json;
    }

    public static JsonObject Unity(ModelVersion v, long workspaceId, bool withAliases)
    {
        var parts = v.Model.Name.Split('.');
        return new()
        {
            ["catalog_name"] = parts[0],
            ["schema_name"] = parts[1],
            ["model_name"] = parts[2],
            ["version"] = v.Number,
            ["run_id"] = v.RunId,
            ["run_workspace_id"] = v.RunId is null ? null : workspaceId,
            ["source"] = v.Source,
            ["status"] = v.Status,
            ["comment"] = v.Description,
            ["storage_location"] = StorageOf(v),
            ["created_at"] = v.CreatedAt,
            ["created_by"] = v.UserName,
            ["updated_at"] = v.UpdatedAt,
            ["updated_by"] = v.UserName,
            ["aliases"] = withAliases ? UnityAliases(v.Model, v.Number) : null,
        };
    }

    public static JsonObject Unity(RegisteredModel m)
    {
        var parts = m.Name.Split('.');
        return new()
        {
            ["catalog_name"] = parts[0],
            ["schema_name"] = parts[1],
            ["name"] = parts[2],
            ["full_name"] = m.Name,
            ["comment"] = m.Description,
            ["owner"] = m.UserName,
            ["created_at"] = m.CreatedAt,
            ["created_by"] = m.UserName,
            ["updated_at"] = m.UpdatedAt,
            ["updated_by"] = m.UserName,
            ["aliases"] = UnityAliases(m, null),
        };
    }

    public static JsonObject UnityAlias(RegisteredModel m, string alias)
    {
        var parts = m.Name.Split('.');
        return new()
        {
            ["alias_name"] = alias,
            ["version_num"] = m.Aliases[alias],
            ["catalog_name"] = parts[0],
            ["schema_name"] = parts[1],
            ["model_name"] = parts[2],
        };
    }

    public static string StorageOf(ModelVersion v) =>
        $"abfss://unity@simulated.dfs.core.windows.net/models/{v.Model.Name}/versions/{v.Number}";

    private static JsonObject Plain(RegisteredModel m) =>
        new()
        {
            ["name"] = m.Name,
            ["creation_timestamp"] = m.CreatedAt,
            ["last_updated_timestamp"] = m.UpdatedAt,
            ["user_id"] = m.UserName,
            ["description"] = m.Description,
            ["tags"] = TrackedRun.Pairs(m.Tags),
        };

    private static JsonArray UnityAliases(RegisteredModel m, int? version) =>
        [.. m.Aliases.Where(a => version is null || a.Value == version).Select(a => (JsonNode?)UnityAlias(m, a.Key))];

    private static JsonArray MlflowAliases(RegisteredModel m, int? version) =>
        [
            .. m
                .Aliases.Where(a => version is null || a.Value == version)
                .Select(a =>
                    (JsonNode?)
                        new JsonObject
                        {
                            ["alias"] = a.Key,
                            ["version"] = a.Value.ToString(CultureInfo.InvariantCulture),
                        }
                ),
        ];
}
