using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Wire;

/// <summary>An answer: JSON, raw bytes, or a refusal with Databricks' <c>error_code</c>.</summary>
internal sealed record ApiReply(int Status, JsonObject? Json)
{
    public byte[]? Bytes { get; init; }
    public Dictionary<string, string> Headers { get; init; } = [];
    public bool IsRefusal => Status >= 400;

    public static ApiReply Ok(JsonObject? json = null) => new(200, json ?? []);

    public static ApiReply NoContent() => new(204, null);

    public static ApiReply File(byte[] bytes) => new(200, null) { Bytes = bytes };

    public static ApiReply Refuse(int status, string code, string message) =>
        new(status, new JsonObject { ["error_code"] = code, ["message"] = message });

    public static ApiReply Invalid(string message) => Refuse(400, "INVALID_PARAMETER_VALUE", message);

    public static ApiReply Malformed(string message) => Refuse(400, "MALFORMED_REQUEST", message);

    public static ApiReply InvalidState(string message) => Refuse(400, "INVALID_STATE", message);

    public static ApiReply Exists(string message) => Refuse(400, "RESOURCE_ALREADY_EXISTS", message);

    public static ApiReply NotFound(string message) => Refuse(404, "RESOURCE_DOES_NOT_EXIST", message);

    public static ApiReply Denied(string message) => Refuse(403, "PERMISSION_DENIED", message);
}
