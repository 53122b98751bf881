using System.Collections.Concurrent;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Registry;

/// <summary>The catalogs, schemas and volumes that exist, and who may not write to a catalog.</summary>
internal sealed class Catalogs
{
    private readonly ConcurrentDictionary<string, bool> _schemas = new();
    private readonly ConcurrentDictionary<string, bool> _volumes = new();
    private readonly ConcurrentDictionary<string, string[]> _writers = new();

    public void AddSchema(string catalog, string schema) => _schemas[$"{catalog}.{schema}"] = true;

    public void AddVolume(string catalog, string schema, string volume)
    {
        AddSchema(catalog, schema);
        _volumes[$"{catalog}.{schema}.{volume}"] = true;
    }

    public void RestrictWriters(string catalog, string[] applicationIds) => _writers[catalog] = applicationIds;

    public bool HasVolume(string catalog, string schema, string volume) =>
        _volumes.ContainsKey($"{catalog}.{schema}.{volume}");

    /// <returns>Why this caller may not create under a three-part name, or null.</returns>
    public ApiReply? Refusal(string fullName, string userName)
    {
        var parts = fullName.Split('.');
        if (parts.Length != 3 || parts.Any(p => p.Length == 0))
            return ApiReply.Invalid($"'{fullName}' is not a name of the form catalog.schema.model.");
        if (!_schemas.Keys.Any(s => s.StartsWith(parts[0] + ".", StringComparison.Ordinal)))
            return ApiReply.Refuse(404, "CATALOG_DOES_NOT_EXIST", $"Catalog '{parts[0]}' does not exist.");
        if (!_schemas.ContainsKey($"{parts[0]}.{parts[1]}"))
            return ApiReply.Refuse(404, "SCHEMA_DOES_NOT_EXIST", $"Schema '{parts[0]}.{parts[1]}' does not exist.");
        return _writers.TryGetValue(parts[0], out var allowed) && !allowed.Contains(userName)
            ? ApiReply.Denied($"User '{userName}' does not have CREATE MODEL on catalog '{parts[0]}'.")
            : null;
    }
}
