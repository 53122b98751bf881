using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Access;

namespace Bascule.Simulators.Databricks.Wire;

/// <summary>A request whose fields were checked: those of the body and those of the query together, and the parts of the path.</summary>
internal sealed record ApiRequest(Caller Caller, JsonObject Fields, Dictionary<string, string> Route, byte[] Body)
{
    public string? Text(string name) => Fields[name]?.GetValue<string>();

    public string TextOrEmpty(string name) => Text(name) ?? "";

    public long? Number(string name) => Fields[name]?.GetValue<long>();

    public bool Flag(string name) => Fields[name]?.GetValue<bool>() ?? false;

    public IReadOnlyList<JsonObject> Objects(string name) => [.. List(name).OfType<JsonObject>()];

    public IReadOnlyList<string> Texts(string name) => [.. List(name).Select(n => n!.GetValue<string>())];

    public JsonArray List(string name) => Fields[name] as JsonArray ?? [];
}
