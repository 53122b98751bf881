using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Code;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Notebooks;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Planning;

/// <summary>What is asked of the workspace for one run, whoever asks: the plan shows it, the start sends it.</summary>
internal sealed record AzureMlPlan
{
    /// <summary>With placeholders.</summary>
    public required JsonObject Body { get; init; }

    public required JobDescription Job { get; init; }

    /// <summary>One for each folder that commands run in.</summary>
    public required IReadOnlyList<CodePackage> Packages { get; init; }

    /// <summary>Of a pipeline's steps, in their order.</summary>
    public required IReadOnlyList<StepComponent> Components { get; init; }

    /// <summary>In the order of the commands; null for serverless.</summary>
    public required IReadOnlyList<string?> Computes { get; init; }

    public required DataPins Pins { get; init; }

    public string? Model { get; init; }

    /// <summary>The job that a task means, from the workflow or from the tree.</summary>
    public static async Task<Result<JobDescription>> JobAsync(PlanRequest request, CancellationToken cancellationToken)
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
        JobDescription job,
        DataPins pins,
        TreeSearches searches,
        CancellationToken cancellationToken
    )
    {
        var computes = ComputesOf(request, job);
        if (computes.Failed(out var problem))
            return problem;
        var packages = await PackagesAsync(request, job, searches, cancellationToken);
        if (packages.Failed(out problem))
            return problem;
        var pinned = pins.Pin(job);
        var components = pinned is PipelineJob pipeline
            ? pipeline.Steps.Select(step =>
                StepComponent.Of(
                    options,
                    request.RepositoryName,
                    pipeline,
                    step,
                    packages.Value[step.Command.CodeFolder].Version.IdIn(options)
                )
            )
            : [];
        var plan = new AzureMlPlan
        {
            Body = [],
            Job = pinned,
            Packages = [.. packages.Value.Values],
            Components = [.. components],
            Computes = [.. job.Commands.Select(command => computes.Value[Asked(job, command)])],
            Pins = pins,
            Model = ((AzureMlTask)request.Task).Model,
        };
        return plan with { Body = plan.BodyOf(options, request, computes.Value) };
    }

    /// <summary>The body with what stands for the placeholders of one run.</summary>
    public JsonObject Fill(IReadOnlyDictionary<string, string> values)
    {
        var body = Body.DeepClone().AsObject();
        Replace(body, values);
        return body;
    }

    private JsonObject BodyOf(AzureMlOptions options, PlanRequest request, Dictionary<string, string?> computes) =>
        Job switch
        {
            PipelineJob pipeline => PipelineBody.Of(
                options,
                request,
                pipeline,
                pipeline.Steps.Zip(Components).ToDictionary(pair => pair.First.Name, pair => pair.Second.IdIn(options)),
                command => computes[Asked(Job, command)]
            ),
            CommandJob command => CommandBody.Of(
                options,
                request,
                command,
                Packages[0].Version.IdIn(options),
                Computes[0]
            ),
            _ => throw new InvalidOperationException($"a job of type {Job.GetType().Name} cannot be sent"),
        };

    /// <summary>By what is asked for, empty where nothing is; Denied for a compute that the environment does not let workflows use.</summary>
    private static Result<Dictionary<string, string?>> ComputesOf(PlanRequest request, JobDescription job)
    {
        var computes = new Dictionary<string, string?>();
        foreach (var asked in job.Computes)
        {
            var environment = (AzureMlEnvironment?)request.Environment;
            var compute = AzureMlEnvironment.ComputeOf(environment, request.EnvironmentName, asked);
            if (compute.Failed(out var problem))
                return problem;
            computes[asked ?? ""] = compute.Value;
        }
        return computes;
    }

    private static string Asked(JobDescription job, CommandJob command) => command.Compute ?? job.Compute ?? "";

    /// <summary>By the folder.</summary>
    private static async Task<Result<Dictionary<string, CodePackage>>> PackagesAsync(
        PlanRequest request,
        JobDescription job,
        TreeSearches searches,
        CancellationToken cancellationToken
    )
    {
        var outputs = ((AzureMlEnvironment?)request.Environment)?.NotebookOutputs ?? NotebookOutputs.Strip;
        var packages = new Dictionary<string, CodePackage>();
        foreach (var folder in job.Commands.Select(command => command.CodeFolder).Distinct())
        {
            var code = await SendableCode.CheckAsync(request.Tree, folder, outputs, searches, cancellationToken);
            if (code.Failed(out var problem))
                return problem;
            var version =
                job is CommandJob
                    ? CodeVersion.Of(request.RepositoryName, request.Content, code.Value.Sent)
                    : CodeVersion.Of(request.RepositoryName, request.Content, code.Value.Sent, folder);
            packages[folder] = new CodePackage(version, code.Value);
        }
        return packages;
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
