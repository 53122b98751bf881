using System.Text.Json;

namespace Bascule.Simulators.Databricks.Wire;

/// <summary>
/// The operations served, their fields, types and enum literals, as a platform's published clients and MLflow's protos state them.
/// Notation: <c>?</c> before a type = in the query, <c>!</c> after it = required, <c>[]</c> = list, <c>any</c> = not looked into.
/// The <c>compute.*</c> types are those of service/compute/model.go in databricks/databricks-sdk-go; <c>uc.*</c> are
/// databricks_uc_registry_messages.proto in mlflow/mlflow.
/// </summary>
internal sealed class FieldTable
{
    private FieldTable(JsonElement root)
    {
        Operations = root.GetProperty("operations")
            .EnumerateObject()
            .ToDictionary(o => o.Name, o => new Operation(o.Value[0].GetString(), o.Value[1].GetString()));
        Types = root.GetProperty("types")
            .EnumerateObject()
            .ToDictionary(
                t => t.Name,
                t => t.Value.EnumerateObject().ToDictionary(f => f.Name, f => Field.Parse(f.Value.GetString()!))
            );
        Enums = root.GetProperty("enums")
            .EnumerateObject()
            .ToDictionary(e => e.Name, e => e.Value.EnumerateArray().Select(v => v.GetString()!).ToHashSet());
    }

    public Dictionary<string, Operation> Operations { get; }
    public Dictionary<string, Dictionary<string, Field>> Types { get; }
    public Dictionary<string, HashSet<string>> Enums { get; }

    /// <param name="resource">Name of the embedded table.</param>
    public static FieldTable Load(string resource)
    {
        using var stream = typeof(FieldTable).Assembly.GetManifestResourceStream(resource)!;
        using var document = JsonDocument.Parse(stream);
        return new FieldTable(document.RootElement);
    }
}

/// <summary>Names of the request's and the reply's types; null where there is none, or where the reply is raw bytes.</summary>
internal sealed record Operation(string? Request, string? Reply);

internal sealed record Field(string Type, bool InQuery, bool Required)
{
    public static Field Parse(string notation) =>
        new(notation.TrimStart('?').TrimEnd('!'), notation.StartsWith('?'), notation.EndsWith('!'));
}
