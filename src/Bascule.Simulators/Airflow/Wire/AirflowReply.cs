using System.Text.Json.Nodes;

namespace Bascule.Simulators.Airflow.Wire;

/// <summary>An answer, with JSON or with text.</summary>
internal sealed record AirflowReply(int Status, string ContentType, string Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public static AirflowReply Json(int status, JsonNode body) => new(status, "application/json", body.ToJsonString());

    public static AirflowReply Ok(JsonNode body) => Json(200, body);

    public static AirflowReply Text(string text) => new(200, "text/plain", text);
}
