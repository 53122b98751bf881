using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Simulators.Azure.MachineLearning.Assets;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Jobs;

/// <summary>
/// What the steps of a pipeline must be. The description says of them, of a component's specification and of a pipeline's settings that they are objects and no more.
/// Assumed, by what Microsoft's Python SDK azure-ai-ml sends: each names a component that exists; its inputs and outputs are those of the component; references lead
/// to something; and where a step names no compute, the settings name one.
/// </summary>
internal sealed partial class PipelineRules(AssetStore assets, AmlPlace place, References references)
{
    private static readonly string[] Members =
    [
        "componentId",
        "computeId",
        "display_name",
        "distribution",
        "environment_variables",
        "inputs",
        "limits",
        "name",
        "outputs",
        "properties",
        "resources",
        "tags",
        "type",
        "_source",
    ];

    public ArmReply? Check(JsonObject pipeline)
    {
        if (pipeline["jobs"] is not JsonObject { Count: > 0 } steps)
            return AmlReply.Invalid("properties.jobs", "A pipeline has at least one job.");
        return steps
            .Select(pair => Step(pipeline, pair.Key, pair.Value as JsonObject ?? []))
            .FirstOrDefault(fault => fault is not null);
    }

    private ArmReply? Step(JsonObject pipeline, string name, JsonObject step)
    {
        var path = $"properties.jobs.{name}";
        if (step.FirstOrDefault(member => !Members.Contains(member.Key)).Key is { } odd)
            return AmlReply.Invalid($"{path}.{odd}", $"'{odd}' is not known of a step.");
        if (Text(step["type"]) != "command")
            return AmlReply.Invalid($"{path}.type", "The simulator knows steps of the type command alone.");
        if (Text(step["componentId"]) is not { } id || Component(id) is not { } component)
            return AmlReply.Invalid(
                $"{path}.componentId",
                $"The component '{Text(step["componentId"])}' was not found."
            );
        return Compute(pipeline, path, step)
            ?? Ports(path, "inputs", step, component)
            ?? Ports(path, "outputs", step, component)
            ?? Links(pipeline, path, step);
    }

    private ArmReply? Compute(JsonObject pipeline, string path, JsonObject step)
    {
        var named =
            Text(step["computeId"])
            ?? Text((pipeline["settings"] as JsonObject)?["default_compute"])
            ?? Text(pipeline["computeId"]);
        return named is null || (named != "serverless" && !references.IsCompute(named))
            ? AmlReply.Invalid($"{path}.computeId", $"The compute '{named}' was not found.")
            : null;
    }

    private static ArmReply? Ports(string path, string what, JsonObject step, JsonObject component)
    {
        var (given, declared) = (step[what] as JsonObject ?? [], component[what] as JsonObject ?? []);
        if (given.FirstOrDefault(port => !declared.ContainsKey(port.Key)).Key is { } unknown)
            return AmlReply.Invalid($"{path}.{what}.{unknown}", "The component does not declare it.");
        return what == "inputs" && declared.FirstOrDefault(port => !given.ContainsKey(port.Key)).Key is { } missing
            ? AmlReply.Invalid($"{path}.{what}.{missing}", "The component needs it.")
            : null;
    }

    private ArmReply? Links(JsonObject pipeline, string path, JsonObject step)
    {
        foreach (var (name, input) in step["inputs"] as JsonObject ?? [])
            if (Text(input?["value"]) is { } value && value.StartsWith("${{", StringComparison.Ordinal))
            {
                if (!IsThere(pipeline, value))
                    return AmlReply.Invalid($"{path}.inputs.{name}", $"'{value}' leads nowhere.");
            }
            else if (Text(input?["uri"]) is { } uri && references.IsMissingData(uri))
                return AmlReply.Invalid($"{path}.inputs.{name}.uri", $"The asset '{uri}' was not found.");
        foreach (var (name, output) in step["outputs"] as JsonObject ?? [])
            if (Text(output?["value"]) is { } value && !IsThere(pipeline, value))
                return AmlReply.Invalid($"{path}.outputs.{name}", $"'{value}' leads nowhere.");
        return null;
    }

    private bool IsThere(JsonObject pipeline, string reference)
    {
        var match = Reference().Match(reference);
        if (!match.Success)
            return false;
        var (step, kind, name) = (match.Groups["step"], match.Groups["kind"].Value, match.Groups["name"].Value);
        if (!step.Success)
            return (pipeline[kind] as JsonObject)?.ContainsKey(name) == true;
        return pipeline["jobs"]?[step.Value] is JsonObject from
            && Text(from["componentId"]) is { } id
            && (Component(id)?["outputs"] as JsonObject)?.ContainsKey(name) == true;
    }

    /// <summary>Its specification.</summary>
    private JsonObject? Component(string id) =>
        place.Below(id) is ["components", var name, "versions", var version]
        && assets.Find(AssetKind.Components, name, version) is { } found
            ? found.Properties["componentSpec"] as JsonObject ?? []
            : null;

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    [GeneratedRegex(
        @"^\$\{\{parent\.(jobs\.(?<step>[^.{}]+)\.)?(?<kind>inputs|outputs)\.(?<name>[^.{}]+)\}\}\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Reference();
}
