using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>What a plan leaves to the workspace, so that it may be another thing the next time.</summary>
internal static class AzureMlPins
{
    private const string Versions = "/versions/";

    public static Result<PlanPins> Read(string plan)
    {
        try
        {
            return
                JsonNode.Parse(plan) is JsonObject json
                && json["call"] is JsonObject call
                && call["body"] is JsonObject body
                && body["properties"] is JsonObject job
                ? new PlanPins([.. Unpinned(json, job)], JsonText.Of(json["model"]))
                : Problem.Invalid("the run's plan is none for Azure ML, so nobody can tell what it leaves open");
        }
        catch (JsonException)
        {
            return Problem.Invalid("the run's plan cannot be read, so nobody can tell what it leaves open");
        }
    }

    private static IEnumerable<string> Unpinned(JsonObject plan, JsonObject job)
    {
        foreach (var compute in Computes(job).Distinct())
            yield return compute is null
                ? "serverless compute: which machine it is, is Azure's choice"
                : $"compute {compute[(compute.LastIndexOf('/') + 1)..]}: its machines are as they are now";
        foreach (var environment in Environments(plan, job).Distinct())
            yield return environment.Contains(Versions, StringComparison.Ordinal)
                ? $"environment {Short(environment)}: its image is named by tag, and may have been built anew since"
                : $"environment {Short(environment)} names no version";
        foreach (var (name, input) in job["inputs"] as JsonObject ?? [])
            if (input is JsonObject one && JsonText.Of(one["uri"]) is { } place)
            {
                if (!place.Contains(Versions, StringComparison.Ordinal))
                    yield return $"input {name} is a place and no version: what {place} holds is as it is now";
                else if (JsonText.Of(one["jobInputType"]) is "uri_file" or "uri_folder")
                    yield return $"input {name} is {Short(place)}, whose bytes somebody may have changed in the datastore";
            }
        yield return "what the code reads beside its inputs is as it is now";
    }

    /// <summary>Null for serverless. A pipeline has a default for the steps that name none.</summary>
    private static IEnumerable<string?> Computes(JsonObject job)
    {
        if (job["jobs"] is not JsonObject steps)
            return [JsonText.Of(job["computeId"])];
        var asked = JsonText.Of((job["settings"] as JsonObject)?["default_compute"]);
        var byDefault = asked is AzureMlDefaults.Serverless ? null : asked;
        return steps.Select(step => JsonText.Of((step.Value as JsonObject)?["computeId"]) ?? byDefault);
    }

    /// <summary>Those of a pipeline stand in the components that it brings along.</summary>
    private static IEnumerable<string> Environments(JsonObject plan, JsonObject job) =>
        plan["components"] is JsonArray { Count: > 0 } components
            ? components.Select(component =>
                JsonText.Of(((component as JsonObject)?["specification"] as JsonObject)?["environment"]) ?? ""
            )
            : [JsonText.Of(job["environmentId"]) ?? ""];

    /// <summary>Name and version of an asset, e.g. <c>sklearn/versions/7</c>.</summary>
    private static string Short(string id)
    {
        var at = id.IndexOf(Versions, StringComparison.Ordinal);
        return at < 0 ? id : id[(id.LastIndexOf('/', at - 1) + 1)..];
    }
}
