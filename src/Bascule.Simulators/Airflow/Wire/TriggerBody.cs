using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Airflow.Wire;

/// <summary>What a checked body asks for.</summary>
internal sealed class TriggerBody(JsonElement body)
{
    public string? RunId => Text("dag_run_id") is { Length: > 0 } id ? id : null;
    public string? Note => Text("note");
    public DateTimeOffset? LogicalDate => Instant("logical_date");
    public bool HasHalfAnInterval => Instant("data_interval_start") is null != Instant("data_interval_end") is null;

    public JsonObject Conf =>
        body.TryGetProperty("conf", out var conf) && conf.ValueKind == JsonValueKind.Object
            ? JsonNode.Parse(conf.GetRawText())!.AsObject()
            : [];

    public static JsonObject Fault(string words) =>
        new()
        {
            ["type"] = "value_error",
            ["loc"] = new JsonArray("body"),
            ["msg"] = $"Value error, {words}",
            ["input"] = new JsonObject(),
        };

    /// <summary>What its handler of the database's unique constraints answers.</summary>
    public static JsonObject Conflict() =>
        new()
        {
            ["reason"] = "Unique constraint violation",
            ["statement"] = "hidden",
            ["orig_error"] = "hidden",
        };

    private string? Text(string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private DateTimeOffset? Instant(string name) =>
        Text(name) is { } text ? DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;
}
