using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core.Json;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>A plan as canonical JSON and as lines for people.</summary>
internal static class PlanText
{
    private const int SlowSeconds = 10;

    public static PlatformPlan Of(DatabricksOptions options, PlanRequest request, DatabricksPlan plan) =>
        new(
            CanonicalJson.ToText(Json(options, request, plan)),
            Target(request, plan),
            [.. Lines(options, request, plan)],
            [.. Warnings(plan)]
        );

    private static IEnumerable<string> Warnings(DatabricksPlan plan)
    {
        if (plan.Shipment is not { } shipment)
            yield break;
        foreach (var left in shipment.Tree.Warnings)
            yield return left;
        var seconds = shipment.Tree.Files.Count / DatabricksDefaults.ImportsPerSecond;
        if (shipment.Manifest is null && seconds >= SlowSeconds)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{shipment.Tree.Files.Count} files go one by one, because the task is a notebook: about {seconds} s; narrow the tree with root:"
            );
    }

    private static JsonObject Json(DatabricksOptions options, PlanRequest request, DatabricksPlan plan) =>
        new()
        {
            ["call"] = new JsonObject { ["body"] = Body(plan), ["path"] = plan.Path },
            ["commit"] = request.Commit.ToString(),
            ["connection"] = options.Name,
            ["content"] = request.Content.Hex,
            ["environment"] = request.EnvironmentName,
            ["experiment"] = plan.Experiment,
            ["kind"] = DatabricksDefaults.Kind,
            ["model"] = plan.Model,
            ["repository"] = request.RepositoryName,
            ["upload"] = Upload(plan),
            ["workflow"] = request.Workflow,
            ["workspace"] = options.Workspace,
        };

    /// <summary>A job's id may be beyond what JSON numbers hold everywhere, so it is a text here.</summary>
    private static JsonObject Body(DatabricksPlan plan)
    {
        var body = plan.Body.DeepClone().AsObject();
        if (body["job_id"] is { } job)
            body["job_id"] = job.ToJsonString();
        return body;
    }

    private static JsonObject? Upload(DatabricksPlan plan) =>
        plan.Shipment is not { } shipment
            ? null
            : WithNotebooks(
                shipment.Tree.Sent,
                new JsonObject
                {
                    ["bytes"] = shipment.Tree.Bytes.ToString(CultureInfo.InvariantCulture),
                    ["files"] = shipment.Tree.Files.Count,
                    ["folder"] = shipment.Folder.Path,
                    ["form"] = shipment.Form,
                    ["left_out"] = new JsonArray([.. shipment.Tree.Warnings.Select(text => (JsonNode?)text)]),
                    ["tree"] = shipment.TreeDigest,
                }
            );

    /// <summary>Only where they lose something: else the plan is that of the commit's tree, whatever the policy.</summary>
    private static JsonObject WithNotebooks(SentTree sent, JsonObject upload)
    {
        if (sent.ToJson() is { } notebooks)
            upload["stripped"] = notebooks;
        return upload;
    }

    private static string Target(PlanRequest request, DatabricksPlan plan) =>
        plan.Model is { } model ? $"model:{model}"
        : plan.Body["job_id"] is { } job ? $"job:{job.ToJsonString()}"
        : $"workflow:{request.RepositoryName}/{request.Workflow}";

    private static IEnumerable<string> Lines(DatabricksOptions options, PlanRequest request, DatabricksPlan plan)
    {
        var task = (DatabricksTask)request.Task;
        yield return request.EnvironmentName is { } name
            ? $"Databricks '{options.Name}' ({options.Workspace}), environment {name}"
            : $"Databricks '{options.Name}' ({options.Workspace}), a plan only";
        yield return task.Job is { } job
            ? string.Create(CultureInfo.InvariantCulture, $"starts the existing job {job} with the commit as parameter")
            : $"runs {task.File} on {Compute((DatabricksEnvironment?)request.Environment)}{With(task.Dependencies)}";
        if (plan.Shipment is { } shipment)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"sends {shipment.Tree.Files.Count} files ({shipment.Tree.Bytes} bytes){InPacks(plan)} to {shipment.Folder.Path}"
            );
        if (plan.Shipment?.Tree.Sent.ToLine() is { } stripped)
            yield return stripped;
        if (plan.Model is { } model)
            yield return $"registers model {model}";
        if (plan.Experiment is { } experiment)
            yield return $"logs to experiment {experiment}";
    }

    private static string Compute(DatabricksEnvironment? environment) =>
        environment switch
        {
            { Cluster: { } cluster } => $"cluster {cluster}",
            { Policy: { } policy } => $"a job cluster by policy {policy}",
            _ => "serverless compute",
        };

    private static string With(IReadOnlyList<string> dependencies) =>
        dependencies.Count == 0 ? "" : $" with {string.Join(", ", dependencies)}";

    private static string InPacks(DatabricksPlan plan) =>
        plan.Shipment?.Manifest is { } manifest
            ? string.Create(CultureInfo.InvariantCulture, $" in {manifest.Packs.Count} packs")
            : "";
}
