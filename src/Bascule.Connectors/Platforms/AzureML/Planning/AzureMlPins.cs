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
                ? new PlanPins([.. Unpinned(job)], JsonText.Of(json["model"]))
                : Problem.Invalid("the run's plan is none for Azure ML, so nobody can tell what it leaves open");
        }
        catch (JsonException)
        {
            return Problem.Invalid("the run's plan cannot be read, so nobody can tell what it leaves open");
        }
    }

    private static IEnumerable<string> Unpinned(JsonObject job)
    {
        yield return JsonText.Of(job["computeId"]) is { } compute
            ? $"compute {compute[(compute.LastIndexOf('/') + 1)..]}: its machines are as they are now"
            : "serverless compute: which machine it is, is Azure's choice";
        var environment = JsonText.Of(job["environmentId"]) ?? "";
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

    /// <summary>Name and version of an asset, e.g. <c>sklearn/versions/7</c>.</summary>
    private static string Short(string id)
    {
        var at = id.IndexOf(Versions, StringComparison.Ordinal);
        return at < 0 ? id : id[(id.LastIndexOf('/', at - 1) + 1)..];
    }
}
