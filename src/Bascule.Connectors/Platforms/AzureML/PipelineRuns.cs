using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Core.Runs;

namespace Bascule.Connectors.Platforms.AzureML;

/// <summary>
/// The MLflow runs of a pipeline's steps: each is called after its step and names the pipeline's as its parent. Anybody with access to the workspace can make a run
/// that says so too, so a step that two runs claim to be is left out, and so is a run that is called after no step of the plan (THREATS T134).
/// </summary>
internal sealed record PipelineRuns(IReadOnlyDictionary<string, MlflowRun> ByStep, IReadOnlyList<string> Warnings)
{
    private const string MarkTag = "bascule.run";

    /// <summary>The steps that a run's plan has, in its order; empty for what is no pipeline.</summary>
    public static IReadOnlyList<string> StepsOf(Run run)
    {
        if (run.Plan is not { } plan)
            return [];
        try
        {
            return JsonNode.Parse(plan)?["call"]?["body"]?["properties"]?["jobs"] is JsonObject steps
                ? [.. steps.Select(step => step.Key)]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <param name="found">What says to be a step.</param>
    public static PipelineRuns Of(IReadOnlyList<MlflowRun> found, IReadOnlyList<string> steps, string mark)
    {
        var (byStep, warnings) = (new Dictionary<string, MlflowRun>(), new List<string>());
        foreach (var claims in found.Where(run => IsOurs(run, mark)).GroupBy(run => run.Info?.RunName ?? ""))
            if (!steps.Contains(claims.Key))
                warnings.Add(
                    $"MLflow runs called '{StatusProblem.Clean(claims.Key)}' are no step of the plan, and are left out"
                );
            else if (claims.Skip(1).Any())
                warnings.Add($"step {claims.Key} is left out: several MLflow runs say to be it");
            else
                byStep[claims.Key] = claims.First();
        warnings.AddRange(
            steps.Where(step => !byStep.ContainsKey(step)).Select(step => $"no MLflow run is step {step}'s alone")
        );
        return new PipelineRuns(byStep, warnings);
    }

    /// <summary>Of all steps: a metric that several logged is called after its step, as in <c>train.rmse</c>.</summary>
    public IReadOnlyList<MlflowMetric> Metrics()
    {
        var all = ByStep
            .SelectMany(step => (step.Value.Data?.Metrics ?? []).Select(metric => (Step: step.Key, Metric: metric)))
            .ToList();
        var shared = all.GroupBy(one => one.Metric.Key)
            .Where(ones => ones.Skip(1).Any())
            .Select(ones => ones.Key)
            .ToHashSet();
        return
        [
            .. all.Select(one =>
                shared.Contains(one.Metric.Key) ? one.Metric with { Key = $"{one.Step}.{one.Metric.Key}" } : one.Metric
            ),
        ];
    }

    private static bool IsOurs(MlflowRun run, string mark) =>
        run.Info is { LifecycleStage: not "deleted" }
        && (run.Data?.Tags?.FirstOrDefault(tag => tag.Key == MarkTag)?.Value is not { } other || other == mark);
}
