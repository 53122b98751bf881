using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Code;
using Bascule.Connectors.Platforms.AzureML.Jobs;
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
            ["components"] = new JsonArray([.. plan.Components.Select(Component)]),
            ["connection"] = options.Name,
            ["content"] = request.Content.Hex,
            ["environment"] = request.EnvironmentName,
            ["kind"] = AzureMlDefaults.Kind,
            ["model"] = plan.Model,
            [DataPins.Member] = plan.Pins.ToJson(),
            ["repository"] = request.RepositoryName,
            ["uploads"] = new JsonArray([.. plan.Packages.Select(Upload)]),
            ["workflow"] = request.Workflow,
            ["workspace"] = options.WorkspaceId,
        };

    private static JsonNode Upload(CodePackage package)
    {
        var upload = new JsonObject
        {
            ["bytes"] = package.Code.Bytes.ToString(CultureInfo.InvariantCulture),
            ["files"] = package.Code.Files.Count,
            ["folder"] = package.Code.Folder,
            ["left_out"] = new JsonArray([.. package.Code.Warnings.Select(text => (JsonNode?)text)]),
            ["tree"] = package.Version.Tree,
            ["version"] = package.Version.Path,
        };
        // Only where they lose something: else the plan is that of the commit's tree, whatever the policy.
        if (package.Code.Sent.ToJson() is { } notebooks)
            upload["stripped"] = notebooks;
        return upload;
    }

    private static JsonNode Component(StepComponent component) =>
        new JsonObject { ["path"] = component.Path, ["specification"] = component.Specification.DeepClone() };

    private static IEnumerable<string> Lines(AzureMlOptions options, PlanRequest request, AzureMlPlan plan)
    {
        var place = $"Azure ML '{options.Name}' (workspace {options.Workspace})";
        yield return request.EnvironmentName is { } name ? $"{place}, environment {name}" : $"{place}, a plan only";
        if (plan.Job is PipelineJob pipeline)
            yield return $"runs a pipeline of {pipeline.Steps.Count} steps";
        foreach (
            var (command, compute, index) in plan.Job.Commands.Zip(plan.Computes, Enumerable.Range(0, int.MaxValue))
        )
            yield return (plan.Job is PipelineJob { Steps: var steps } ? $"step {steps[index].Name} runs" : "runs")
                + $" {command.Command} on {(compute is null ? "serverless compute" : $"compute {compute}")} in {command.Environment.Text}";
        foreach (var package in plan.Packages)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"sends {package.Code.Files.Count} files ({package.Code.Bytes} bytes) as {package.Version.Path}"
            );
        foreach (
            var stripped in plan.Packages.Select(package => package.Code.Sent.ToLine()).OfType<string>().Distinct()
        )
            yield return stripped;
        foreach (var (input, version) in plan.Pins.Versions.OrderBy(pin => pin.Key, StringComparer.Ordinal))
            yield return $"input {input} is version {version} of {plan.Job.Inputs[input].Asset?.Name}";
        if (plan.Model is { } model)
            yield return $"registers model {model}";
    }

    private static IEnumerable<string> Warnings(PlanRequest request, AzureMlPlan plan)
    {
        foreach (var left in plan.Packages.SelectMany(package => package.Code.Warnings).Distinct())
            yield return left;
        foreach (var (name, input) in plan.Job.Inputs)
            if (input.Asset is { IsPath: true })
                yield return $"input {name} is a place in a datastore and no version: what it holds may change";
            else if (input.Asset is { IsLatest: true } && request.EnvironmentName is null)
                yield return $"input {name} asks for the newest version, which is fixed once an environment is planned for";
    }
}
