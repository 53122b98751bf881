using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Shapes;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Azure.Resources.Shapes;

namespace Bascule.Simulators.Azure.MachineLearning.Workspace;

/// <summary>Reads bodies by the table of fields.</summary>
internal static class Bodies
{
    private static readonly Shape Fields = new(AmlFields.Definitions);

    public static ArmReply? Fault(JsonNode? value, string definition, string path) =>
        Fields.Fault(value, definition, path) is { } wrong ? AmlReply.Invalid(wrong.Target, wrong.Message) : null;

    /// <summary>The whole body; null with a refusal.</summary>
    public static JsonObject? Whole(ArmRequest request, string definition, out ArmReply? fault)
    {
        if (request.Body(out fault) is not { } body)
            return null;
        fault = Fault(body, definition, "body");
        return fault is null ? body : null;
    }

    /// <summary>The properties of a resource, whose definition may depend on them; null with a refusal.</summary>
    public static JsonObject? Properties(ArmRequest request, Func<JsonObject, string?> definition, out ArmReply? fault)
    {
        if (request.Body(out fault) is not { } body)
            return null;
        if (body.FirstOrDefault(pair => pair.Key != "properties").Key is { } strange)
            fault = AmlReply.Invalid(strange, $"'{strange}' is not a field that may be written.");
        else if (body["properties"] is not JsonObject properties)
            fault = AmlReply.Invalid("properties", "'properties' is required.");
        else if (definition(properties) is not { } known)
            fault = ArmReply.Unknown("a body of this type");
        else
            fault = Fault(properties, known, "properties");
        return fault is null ? body["properties"]!.DeepClone().AsObject() : null;
    }

    /// <summary>Fields that say nothing.</summary>
    public static JsonObject Pruned(JsonObject properties)
    {
        foreach (var (name, value) in properties.ToList())
            if (value is null)
                properties.Remove(name);
        return properties;
    }
}
