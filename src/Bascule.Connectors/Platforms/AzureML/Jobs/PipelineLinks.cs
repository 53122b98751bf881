using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>Whether the steps of a pipeline lead to each other as they say, and some step can begin.</summary>
internal static class PipelineLinks
{
    /// <param name="jobs">Where the steps stand.</param>
    public static void Check(SettingReader jobs, PipelineJob pipeline)
    {
        var steps = pipeline.Steps.ToDictionary(step => step.Name);
        foreach (var step in pipeline.Steps)
        {
            foreach (var (input, one) in step.Inputs)
                if (one.Source is { } source && !IsThere(pipeline, steps, source))
                    jobs.Refuse(
                        step.Name,
                        $"input '{input}' comes from {source}, which the pipeline has not",
                        "correct the name"
                    );
            foreach (var (output, one) in step.Outputs)
                if (one.Target is { } target && !pipeline.Outputs.ContainsKey(target))
                    jobs.Refuse(
                        step.Name,
                        $"output '{output}' becomes output '{target}' of the pipeline, which it has not",
                        "write it below the pipeline's outputs:"
                    );
        }
        if (FindCircle(pipeline, steps) is { } waiting)
            jobs.Refuse(
                waiting,
                "waits for itself, through what it is given",
                "let some step begin without the others"
            );
    }

    private static bool IsThere(PipelineJob pipeline, Dictionary<string, PipelineStep> steps, StepSource source) =>
        source.Step is null
            ? pipeline.Inputs.ContainsKey(source.Name)
            : steps.TryGetValue(source.Step, out var step) && step.Outputs.ContainsKey(source.Name);

    /// <summary>A step that never begins; null when all do.</summary>
    private static string? FindCircle(PipelineJob pipeline, Dictionary<string, PipelineStep> steps)
    {
        var ended = new HashSet<string>();
        while (true)
        {
            var ready = pipeline
                .Steps.Where(step => !ended.Contains(step.Name))
                .Where(step => step.After.All(name => ended.Contains(name) || !steps.ContainsKey(name)))
                .ToList();
            if (ready.Count == 0)
                return pipeline.Steps.FirstOrDefault(step => !ended.Contains(step.Name))?.Name;
            ended.UnionWith(ready.Select(step => step.Name));
        }
    }
}
