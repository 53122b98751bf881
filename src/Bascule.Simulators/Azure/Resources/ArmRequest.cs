using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Azure.Resources;

/// <summary>A request to one service, let in.</summary>
/// <param name="Path">The whole of it, decoded.</param>
/// <param name="Below">The path below the service; empty for the service itself.</param>
/// <param name="IfMatch">As it was sent; null when it was not.</param>
internal sealed record ArmRequest(
    string Method,
    string Path,
    string[] Below,
    IQueryCollection Query,
    string? IfMatch,
    string? ContentType,
    string Text
)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public string? Asked(string name) => Query.TryGetValue(name, out var values) ? values.ToString() : null;

    public JsonObject? Body(out ArmReply? fault)
    {
        fault = null;
        if (ContentType?.Split(';')[0].Trim() != "application/json")
        {
            fault = ArmReply.Refuse(415, "UnsupportedMediaType", "The body must be application/json.");
            return null;
        }
        try
        {
            if (JsonNode.Parse(Text, null, Strict) is JsonObject body)
                return body;
        }
        catch (JsonException)
        {
            // Said below.
        }
        fault = ArmReply.Refuse(
            400,
            "InvalidRequestContent",
            "The request content was invalid and could not be deserialized."
        );
        return null;
    }
}
