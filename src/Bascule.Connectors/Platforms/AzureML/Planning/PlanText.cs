using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Core.Json;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>A plan as canonical JSON and as lines for people.</summary>
internal static class PlanText
{
    public static PlatformPlan Of(AzureMlOptions options, PlanRequest request, AzureMlPlan plan) =>
        new(
            CanonicalJson.ToText(Json(options, request, plan)),
            plan.Model is { } model ? $"model:{model}" : $"workflow:{request.RepositoryName}/{request.Workflow}",
            [.. Lines(options, request, plan)],
            [.. Warnings(request, plan)]
        );

    private static JsonObject Json(AzureMlOptions options, PlanRequest request, AzureMlPlan plan) =>
        new()
        {
            ["call"] = new JsonObject
            {
                ["body"] = plan.Body.DeepClone(),
                ["path"] = $"{options.WorkspaceId}/jobs/{{{{job}}}}",
            },
            ["commit"] = request.Commit.ToString(),
            ["connection"] = options.Name,
            ["content"] = request.Content.Hex,
            ["environment"] = request.EnvironmentName,
            ["kind"] = AzureMlDefaults.Kind,
            ["model"] = plan.Model,
            [DataPins.Member] = plan.Pins.ToJson(),
            ["repository"] = request.RepositoryName,
            ["upload"] = new JsonObject
            {
                ["bytes"] = plan.Code.Bytes.ToString(CultureInfo.InvariantCulture),
                ["files"] = plan.Code.Files.Count,
                ["folder"] = plan.Code.Folder,
                ["left_out"] = new JsonArray([.. plan.Code.Warnings.Select(text => (JsonNode?)text)]),
                ["tree"] = plan.Version.Tree,
                ["version"] = plan.Version.Path,
            },
            ["workflow"] = request.Workflow,
            ["workspace"] = options.WorkspaceId,
        };

    private static IEnumerable<string> Lines(AzureMlOptions options, PlanRequest request, AzureMlPlan plan)
    {
        var place = $"Azure ML '{options.Name}' (workspace {options.Workspace})";
        yield return request.EnvironmentName is { } name ? $"{place}, environment {name}" : $"{place}, a plan only";
        yield return $"runs {plan.Job.Command} on {(plan.Compute is { } compute ? $"compute {compute}" : "serverless compute")} in {plan.Job.Environment.Text}";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"sends {plan.Code.Files.Count} files ({plan.Code.Bytes} bytes) as {plan.Version.Path}"
        );
        foreach (var (input, version) in plan.Pins.Versions.OrderBy(pin => pin.Key, StringComparer.Ordinal))
            yield return $"input {input} is version {version} of {plan.Job.Inputs[input].Asset?.Name}";
        if (plan.Model is { } model)
            yield return $"registers model {model}";
    }

    private static IEnumerable<string> Warnings(PlanRequest request, AzureMlPlan plan)
    {
        foreach (var left in plan.Code.Warnings)
            yield return left;
        foreach (var (name, input) in plan.Job.Inputs)
            if (input.Asset is { IsPath: true })
                yield return $"input {name} is a place in a datastore and no version: what it holds may change";
            else if (input.Asset is { IsLatest: true } && request.EnvironmentName is null)
                yield return $"input {name} asks for the newest version, which is fixed once an environment is planned for";
    }
}
