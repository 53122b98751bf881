using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bascule.Connectors.Platforms.AzureML.Service;

/// <summary>Reads what others wrote without believing that it is of the kind it should be.</summary>
internal static class JsonText
{
    /// <summary>Null when it is no text.</summary>
    public static string? Of(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
