using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>One file of JSON that describes a resource: an object whose only member is <c>properties</c>.</summary>
internal static class InformationFile
{
    private const int Depth = 32;

    /// <summary>Null, with a finding, when it is something else. What stands in <c>properties</c> is for the service to judge.</summary>
    public static JsonObject? Read(SourceFile file, ApimFindings findings)
    {
        var read = JsonText.Read(file.Bytes, Depth);
        if (read.Failed(out var problem))
            return Refuse($"is not JSON as it must be: {problem.Message}");
        if (read.Value is not JsonObject body)
            return Refuse("is no JSON object; write { \"properties\": { … } }");
        if (body.FirstOrDefault(member => member.Key != "properties") is { Key: { } other })
            return Refuse(
                $"has {ApimFindings.Quote(other)} beside properties, which is sent nowhere; remove it, or move it into properties"
            );
        if (body["properties"] is JsonObject properties)
            return (JsonObject)properties.DeepClone();
        // A product's API is a link, and has no properties of its own.
        return body.Count == 0 && file.Place.Kind == ApimKind.ProductApi
            ? []
            : Refuse("has no object properties; write { \"properties\": { … } }");

        JsonObject? Refuse(string text)
        {
            findings.Error(file.Path, 1, ApimRule.Json, text);
            return null;
        }
    }

    /// <summary>The older list of a product's APIs: <c>[{ "name": "petstore" }]</c>. Null, with a finding, when it is something else.</summary>
    public static IReadOnlyList<string>? ReadList(SourceFile file, ApimFindings findings)
    {
        var read = JsonText.Read(file.Bytes, Depth);
        if (!read.Failed(out var problem) && read.Value is JsonArray list && list.All(IsNamed))
            return [.. list.Select(item => (string)item!["name"]!)];
        findings.Error(
            file.Path,
            1,
            ApimRule.Json,
            problem is null
                ? "is no list of names; write [{ \"name\": \"petstore\" }]"
                : $"is not JSON as it must be: {problem.Message}"
        );
        return null;
    }

    private static bool IsNamed(JsonNode? item) =>
        item is JsonObject { Count: 1 } map
        && map["name"] is JsonValue name
        && name.GetValueKind() is System.Text.Json.JsonValueKind.String;
}
