using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>
/// A pipeline as the workspace is told it (`mfe.json` 2024-04-01, PipelineJob), with placeholders. The description says of its jobs and settings that they are objects
/// and no more; their members, in small letters with underscores, are those that Microsoft's own tools write
/// (https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline), and no live workspace confirmed them.
/// </summary>
internal static class PipelineBody
{
    /// <param name="componentIds">By the step's name.</param>
    /// <param name="computeOf">Null for serverless.</param>
    public static JsonObject Of(
        AzureMlOptions options,
        PlanRequest request,
        PipelineJob job,
        IReadOnlyDictionary<string, string> componentIds,
        Func<CommandJob, string?> computeOf
    )
    {
        var body = JobBody.Of(options, request, job, "Pipeline");
        body["settings"] = Settings(options, job, computeOf);
        body["jobs"] = new JsonObject(
            job.Steps.Select(step => new KeyValuePair<string, JsonNode?>(
                step.Name,
                Step(options, step, componentIds[step.Name], computeOf(step.Command))
            ))
        );
        return new JsonObject { ["properties"] = body };
    }

    /// <summary>A step without a compute runs on the default one: serverless where any step is, since a step cannot name that itself.</summary>
    private static JsonObject Settings(AzureMlOptions options, PipelineJob job, Func<CommandJob, string?> computeOf)
    {
        var isServerless = job.Commands.Any(command => computeOf(command) is null);
        var settings = new JsonObject
        {
            ["default_compute"] = isServerless
                ? AzureMlDefaults.Serverless
                : options.ComputeId(computeOf(job.Commands[0])!),
        };
        if (job.ContinuesOnFailure is { } goesOn)
            settings["continue_on_step_failure"] = goesOn;
        if (job.RunsAgain is { } again)
            settings["force_rerun"] = again;
        return settings;
    }

    private static JsonObject Step(AzureMlOptions options, PipelineStep step, string componentId, string? compute)
    {
        var (command, json) = (step.Command, new JsonObject());
        json["componentId"] = componentId;
        json["name"] = step.Name;
        json["type"] = "command";
        json.AddMember("computeId", compute is null ? null : options.ComputeId(compute));
        json.AddMember("inputs", BodyParts.Map(step.Inputs, input => Input(options, input)));
        json.AddMember("outputs", BodyParts.Map(step.Outputs, Output));
        json.AddMember("tags", BodyParts.Texts(command.Tags));
        json.AddMember("environment_variables", BodyParts.Texts(command.Variables));
        json.AddMember("resources", SnakeCase(BodyParts.Resources(command.Resources)));
        json.AddMember("distribution", SnakeCase(BodyParts.Distribution(command.Distribution)));
        json.AddMember("limits", SnakeCase(BodyParts.Limits(command.Timeout)));
        return json;
    }

    private static JsonObject Input(AzureMlOptions options, StepInput input)
    {
        if (input.Source is not { } source)
            return SnakeCase(BodyParts.Input(options, input.Given))!;
        var json = new JsonObject { ["job_input_type"] = JobInput.Literal, ["value"] = source.ToString() };
        json.AddMember("mode", input.Given.Mode);
        return json;
    }

    private static JsonObject Output(StepOutput output) =>
        output.Target is { } target
            ? new JsonObject { ["type"] = JobInput.Literal, ["value"] = $"${{{{parent.outputs.{target}}}}}" }
            : SnakeCase(BodyParts.Output(output.Made))!;

    private static JsonObject? SnakeCase(JsonObject? json) =>
        json is null
            ? null
            : new JsonObject(
                json.Select(member => new KeyValuePair<string, JsonNode?>(
                    System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Key),
                    member.Value?.DeepClone()
                ))
            );
}
