using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Code;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>What is asked of the workspace for one run, whoever asks: the plan shows it, the start sends it.</summary>
internal sealed record AzureMlPlan
{
    /// <summary>With placeholders.</summary>
    public required JsonObject Body { get; init; }

    public required CommandJob Job { get; init; }
    public required CodeVersion Version { get; init; }
    public required SendableCode Code { get; init; }

    /// <summary>Null for serverless.</summary>
    public required string? Compute { get; init; }

    public required DataPins Pins { get; init; }

    public string? Model { get; init; }

    /// <summary>The job that a task means, from the workflow or from the tree.</summary>
    public static async Task<Result<CommandJob>> JobAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        var task = (AzureMlTask)request.Task;
        if (task.Job is { } own)
            return own;
        var read = await JobFile.ReadAsync(request.Tree, task.File!, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        return AzureMlTask.NeedsModel(read.Value, task.Model)
            ? Problem.Invalid(
                $"{task.File} has {{{{model}}}}, and the workflow names none; write model: NAME in the workflow"
            )
            : read;
    }

    /// <param name="job">As <see cref="JobAsync"/> gave it.</param>
    public static async Task<Result<AzureMlPlan>> MakeAsync(
        AzureMlOptions options,
        PlanRequest request,
        CommandJob job,
        DataPins pins,
        PointerSearch pointers,
        CancellationToken cancellationToken
    )
    {
        var environment = (AzureMlEnvironment?)request.Environment;
        var compute = AzureMlEnvironment.ComputeOf(environment, request.EnvironmentName, job.Compute);
        if (compute.Failed(out var problem))
            return problem;
        var code = await SendableCode.CheckAsync(request.Tree, job.CodeFolder, pointers, cancellationToken);
        if (code.Failed(out problem))
            return problem;
        var version = CodeVersion.Of(request.RepositoryName, request.Content, request.Tree);
        var pinned = pins.Pin(job);
        return new AzureMlPlan
        {
            Body = JobBody.Of(options, request, pinned, version.IdIn(options), compute.Value),
            Job = pinned,
            Version = version,
            Code = code.Value,
            Compute = compute.Value,
            Pins = pins,
            Model = ((AzureMlTask)request.Task).Model,
        };
    }

    /// <summary>The body with what stands for the placeholders of one run.</summary>
    public JsonObject Fill(IReadOnlyDictionary<string, string> values)
    {
        var body = Body.DeepClone().AsObject();
        Replace(body, values);
        return body;
    }

    private static void Replace(JsonObject json, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (name, node) in json.ToList())
            if (node is JsonObject below)
                Replace(below, values);
            else if (JsonText.Of(node) is { } text)
                json[name] = Placeholders.Replace(text, values);
    }
}
