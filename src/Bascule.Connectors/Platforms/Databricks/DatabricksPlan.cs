using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Databricks.Content;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>What is asked of the workspace for one run, whoever asks: the plan shows it, the start sends it.</summary>
internal sealed record DatabricksPlan
{
    public required string Path { get; init; }

    /// <summary>With placeholders, and without the idempotency token.</summary>
    public required JsonObject Body { get; init; }

    /// <summary>Null for an existing job, which brings its own code.</summary>
    public CodeShipment? Shipment { get; init; }

    /// <summary>The full name.</summary>
    public string? Model { get; init; }

    public string? Experiment { get; init; }

    public static async Task<Result<DatabricksPlan>> MakeAsync(
        DatabricksOptions options,
        PlanRequest request,
        TreeSearches searches,
        CancellationToken cancellationToken
    )
    {
        var task = (DatabricksTask)request.Task;
        var environment = (DatabricksEnvironment?)request.Environment ?? new DatabricksEnvironment();
        var names = NamesOf(request);
        if (names.Failed(out var problem))
            return problem;
        var (model, experiment) = names.Value;
        var plan = task.Job is { } job
            ? OfJob(job, task, environment, experiment, request)
            : await OfProgramAsync(options, request, task, environment, searches, cancellationToken);
        return plan.Failed(out problem) ? problem : plan.Value with { Model = model, Experiment = experiment };
    }

    /// <summary>The full names of what the workflow trains and where it logs, as far as it has them.</summary>
    public static Result<(string? Model, string? Experiment)> NamesOf(PlanRequest request)
    {
        var task = (DatabricksTask)request.Task;
        var environment = (DatabricksEnvironment?)request.Environment ?? new DatabricksEnvironment();
        var model = task.Model is { } name
            ? ModelName.Resolve(name, environment, request.EnvironmentName ?? "")
            : Result.Of("");
        if (model.Failed(out var problem))
            return problem;
        var experiment = ExperimentOf(task, environment, request.Workflow);
        return experiment is null && task.Uses(Placeholders.Experiment)
            ? Problem.Invalid(
                "a parameter has {{experiment}}, and there is none: write experiment: /Shared/name in the workflow, or experiments: in the environment"
            )
            : Result.Of((task.Model is null ? null : model.Value, experiment));
    }

    /// <summary>The start of a job that the run itself has deployed: it may have none of the parameters.</summary>
    public static Result<DatabricksPlan> OfDeployed(long job, StartRequest request)
    {
        var task = (DatabricksTask)request.Task;
        var environment = (DatabricksEnvironment)request.Environment;
        var model = task.Model is { } name
            ? ModelName.Resolve(name, environment, request.Run.Environment ?? "")
            : Result.Of("");
        if (model.Failed(out var problem))
            return problem;
        var experiment = ExperimentOf(task, environment, request.Run.Workflow);
        return OfJob(job, task, experiment) with
        {
            Model = task.Model is null ? null : model.Value,
            Experiment = experiment,
        };
    }

    /// <summary>The workflow's own, or one in the environment's folder; null when neither says.</summary>
    public static string? ExperimentOf(DatabricksTask task, DatabricksEnvironment environment, string workflow) =>
        task.Experiment ?? (environment.Experiments is { } folder ? $"{folder}/{workflow}" : null);

    /// <summary>What stands for the placeholders of one run.</summary>
    public Dictionary<string, string> Values(string mark, string commit)
    {
        var values = new Dictionary<string, string> { [Placeholders.Run] = mark, [Placeholders.Commit] = commit };
        if (Model is not null)
            values[Placeholders.Model] = Model;
        if (Experiment is not null)
            values[Placeholders.Experiment] = Experiment;
        return values;
    }

    private static Result<DatabricksPlan> OfJob(
        long job,
        DatabricksTask task,
        DatabricksEnvironment environment,
        string? experiment,
        PlanRequest request
    )
    {
        if (request.Environment is not null && !environment.Jobs.Contains(job))
            return Problem.Denied(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"environment '{request.EnvironmentName}' does not let workflows start job {job}; an operator adds it with jobs: [{job}]"
                )
            );
        return OfJob(job, task, experiment);
    }

    private static DatabricksPlan OfJob(long job, DatabricksTask task, string? experiment) =>
        new()
        {
            Path = DatabricksJobs.RunNowPath,
            Body = new JsonObject
            {
                ["job_id"] = job,
                ["job_parameters"] = ParametersOf(task.Model is not null, experiment is not null),
            },
        };

    /// <summary>What a job is told that brings its own code, as far as it has such parameters.</summary>
    public static JsonObject ParametersOf(bool hasModel, bool hasExperiment)
    {
        var parameters = new JsonObject { ["commit"] = "{{commit}}", ["run"] = "{{run}}" };
        if (hasModel)
            parameters["model"] = "{{model}}";
        if (hasExperiment)
            parameters["experiment"] = "{{experiment}}";
        return parameters;
    }

    private static async Task<Result<DatabricksPlan>> OfProgramAsync(
        DatabricksOptions options,
        PlanRequest request,
        DatabricksTask task,
        DatabricksEnvironment environment,
        TreeSearches searches,
        CancellationToken cancellationToken
    )
    {
        if (environment.IsServerless && task is { Notebook: not null, Dependencies.Count: > 0 })
            return Problem.Invalid(
                "a notebook on serverless compute brings its own dependencies: write %pip install in it, or name a cluster or policy in the environment"
            );
        var checkedTree = await SendableTree.CheckAsync(
            request.Tree,
            task,
            environment.NotebookOutputs,
            searches,
            cancellationToken
        );
        if (checkedTree.Failed(out var problem))
            return problem;
        var address = checkedTree.Value.Sent.AddressOf(request.Content);
        var folder = ContentFolder.Of(options, request.RepositoryName, address);
        var shipment = CodeShipment.Of(folder, checkedTree.Value, task);
        var body = SubmitBody.Of(request, task, environment, shipment);
        return
            Encoding.UTF8.GetByteCount(SubmitBody.ParametersOf(body).ToJsonString())
            > DatabricksDefaults.MaxParameterBytes
            ? Problem.Invalid(
                $"the parameters have more than {DatabricksDefaults.MaxParameterBytes} bytes of JSON, which is Databricks' limit; put them in a file"
            )
            : new DatabricksPlan
            {
                Path = DatabricksJobs.SubmitPath,
                Body = body,
                Shipment = shipment,
            };
    }
}
