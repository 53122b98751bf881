using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Json;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>A deployment as what people approve.</summary>
/// <param name="RootPath">The bundle's folder in the workspace.</param>
/// <param name="Changes">Null where nobody could be asked what the workspace holds.</param>
internal sealed record BundlePlan(BundleReading Reading, string RootPath, BundleChanges? Changes)
{
    private const int MostLines = 40;

    public required SentTree Sent { get; init; }

    public string? Model { get; init; }

    public string? Experiment { get; init; }

    /// <summary>
    /// Null unless another repository has deployed its bundle to the same folder: the two would take each other's deployment for their own, and delete what it has
    /// (THREATS T141).
    /// </summary>
    public Problem? Taken(DatabricksOptions options, PlanRequest request)
    {
        var other = request
            .Others.Where(other => other.Repository != request.RepositoryName)
            .FirstOrDefault(other => IsAt(other.Plan, options.Workspace));
        return other is null
            ? null
            : Problem.Denied(
                $"{RootPath} belongs to workflow '{other.Workflow}' of {other.Repository} in environment '{other.Environment}', which deployed its bundle there last; write another workspace.root_path, or another bundle.name"
            );
    }

    /// <summary>What was approved; null when it is not a plan of a bundle that was compared.</summary>
    public static BundleChanges? ChangesOf(string? plan)
    {
        try
        {
            return BundleChanges.Stored((JsonNode.Parse(plan ?? "null") as JsonObject)?["bundle"]?["changes"]);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private bool IsAt(string plan, string workspace)
    {
        try
        {
            return JsonNode.Parse(plan) is JsonObject json
                && (string?)json["workspace"] == workspace
                && json["bundle"] is JsonObject bundle
                && (string?)bundle["root_path"] == RootPath;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    public PlatformPlan ToPlan(DatabricksOptions options, PlanRequest request, IReadOnlyList<string> warnings)
    {
        var task = ((DatabricksTask)request.Task).Bundle!;
        return new PlatformPlan(
            CanonicalJson.ToText(Json(options, request, task)),
            $"bundle:{RootPath}",
            [.. Lines(options, request, task)],
            warnings
        )
        {
            HoldsAlone = true,
        };
    }

    private JsonObject Json(DatabricksOptions options, PlanRequest request, BundleTask task) =>
        new()
        {
            ["bundle"] = new JsonObject
            {
                ["changes"] = Changes?.Json(),
                ["name"] = Reading.Name,
                ["root_path"] = RootPath,
                ["run"] = task.Run,
                ["target"] = task.Target,
            },
            ["commit"] = request.Commit.ToString(),
            ["connection"] = options.Name,
            ["content"] = request.Content.Hex,
            ["environment"] = request.EnvironmentName,
            ["experiment"] = Experiment,
            ["kind"] = DatabricksDefaults.Kind,
            ["model"] = Model,
            ["parameters"] = DatabricksPlan.ParametersOf(Model is not null, Experiment is not null),
            ["repository"] = request.RepositoryName,
            ["sent"] = Sent.ToJson(),
            ["workflow"] = request.Workflow,
            ["workspace"] = options.Workspace,
        };

    private IEnumerable<string> Lines(DatabricksOptions options, PlanRequest request, BundleTask task)
    {
        yield return request.EnvironmentName is { } name
            ? $"Databricks '{options.Name}' ({options.Workspace}), environment {name}"
            : $"Databricks '{options.Name}' ({options.Workspace}), a plan only";
        yield return $"deploys target {task.Target} of bundle '{Reading.Name}' to {RootPath}, then runs job {task.Run}";
        if (Sent.ToLine() is { } left)
            yield return left;
        if (Changes is null)
            yield return "what would change in the workspace shows where an environment is named";
        else
            foreach (var line in Lines(Changes))
                yield return line;
        if (Model is not null)
            yield return $"registers model {Model}";
        if (Experiment is not null)
            yield return $"logs to experiment {Experiment}";
    }

    private static IEnumerable<string> Lines(BundleChanges changes)
    {
        var real = changes.Real.ToList();
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{real.Count} of {changes.All.Count} resources change; all files are sent"
        );
        foreach (var change in real.Take(MostLines))
            yield return change.ToString();
        if (real.Count > MostLines)
            yield return string.Create(CultureInfo.InvariantCulture, $"and {real.Count - MostLines} more changes");
    }
}
