using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Databricks.Content;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>From a run to its run there: plan, upload, launch. Each step may be done again after a crash.</summary>
internal sealed class DatabricksStart(
    DatabricksOptions options,
    DatabricksJobs jobs,
    TreeSearches searches,
    ContentUpload upload,
    FolderUse use,
    ContentCollection collection
)
{
    public async Task<Result<PlatformRun>> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        var run = request.Run;
        if (run.Content is not { } content)
            return Problem.Internal($"run {run.Id} has no content id");
        var asked = new PlanRequest(
            run.Workflow,
            request.Task,
            run.Environment,
            request.Environment,
            run.RepositoryName,
            run.Commit,
            content,
            request.Tree
        );
        var planned = await DatabricksPlan.MakeAsync(options, asked, searches, cancellationToken);
        if (planned.Failed(out var problem))
            return problem;
        var session = new DatabricksSession(request.Identity, request.Audit);
        if (planned.Value.Shipment is not { } shipment)
            return await LaunchAsync(session, planned.Value, request, cancellationToken);
        var repository = shipment.Folder.Repository;
        var launched = Result.Failure<PlatformRun>(Problem.Internal("not started"));
        using (await use.BeginAsync(repository, cancellationToken))
        {
            var sent = await upload.EnsureAsync(session, shipment, request.Progress, cancellationToken);
            if (sent.Failed(out problem))
                return problem;
            launched = await LaunchAsync(session, planned.Value, request, cancellationToken);
        }
        if (launched.Problem is null)
            await collection.CollectAsync(session, repository, request.Progress, cancellationToken);
        return launched;
    }

    /// <summary>The call that launches; made again, it gives the same run.</summary>
    public async Task<Result<PlatformRun>> LaunchAsync(
        DatabricksSession session,
        DatabricksPlan plan,
        StartRequest request,
        CancellationToken cancellationToken
    )
    {
        var filled = await FillAsync(session, plan, request, cancellationToken);
        if (filled.Failed(out var problem))
            return problem;
        var noted = await request.Launching(cancellationToken);
        if (noted.Failed(out problem))
            return problem;
        var launched = await request.Audit.CallAsync(
            plan.Path == DatabricksJobs.SubmitPath ? "databricks.runs.submit" : "databricks.jobs.run-now",
            options.Workspace,
            new JsonObject { ["idempotency_token"] = request.Run.Key.Hex },
            stop => jobs.LaunchAsync(session, plan.Path, filled.Value, stop),
            cancellationToken
        );
        if (launched.Failed(out problem))
            return IsDeleted(problem) ? Deleted(request) : problem;
        request.Progress($"Databricks runs it as run {launched.Value}");
        return new PlatformRun(launched.Value, null);
    }

    /// <summary>The body with this run's values and key. An existing job is given only the parameters that it has.</summary>
    private async Task<Result<JsonObject>> FillAsync(
        DatabricksSession session,
        DatabricksPlan plan,
        StartRequest request,
        CancellationToken cancellationToken
    )
    {
        var body = plan.Body.DeepClone().AsObject();
        body["idempotency_token"] = request.Run.Key.Hex;
        var values = plan.Values(request.Mark, request.Run.Commit.ToString());
        if (body["job_parameters"] is not JsonObject parameters)
        {
            Replace(SubmitBody.ParametersOf(body), values);
            body[SubmitBody.RunName] = Placeholders.Replace(body[SubmitBody.RunName]!.GetValue<string>(), values);
            return body;
        }
        var job = body["job_id"]!.GetValue<long>();
        var known = await jobs.GetJobAsync(session, job, cancellationToken);
        if (known.Failed(out var problem))
            return problem;
        var names = (known.Value.Settings?.Parameters ?? []).Select(parameter => parameter.Name).ToHashSet();
        if (!names.Contains("commit") && ((DatabricksTask)request.Task).Bundle is null)
            return Problem.Invalid(
                $"job {job} has no parameter 'commit', so it could not know what to run; add it to the job's parameters (and 'run', to tag its MLflow run)"
            );
        foreach (var name in parameters.Select(parameter => parameter.Key).Except(names.OfType<string>()).ToList())
            parameters.Remove(name);
        Replace(parameters, values);
        return body;
    }

    private static void Replace(JsonNode parameters, Dictionary<string, string> values)
    {
        if (parameters is JsonArray list)
            for (var i = 0; i < list.Count; i++)
                list[i] = Placeholders.Replace(list[i]!.GetValue<string>(), values);
        else if (parameters is JsonObject map)
            foreach (var (name, text) in map.ToList())
                map[name] = Placeholders.Replace(text!.GetValue<string>(), values);
    }

    /// <summary>Databricks documents that a token whose run was deleted is refused, and not with which code.</summary>
    private static bool IsDeleted(Problem problem) =>
        !problem.IsTransient && problem.Message.Contains("deleted", StringComparison.OrdinalIgnoreCase);

    private Problem Deleted(StartRequest request) =>
        Problem.Conflict(
            $"{options.Subject}: this run was started before and somebody deleted it in the workspace, so its idempotency token is used up; "
                + $"`bascule run retry {request.Run.Id}` starts it anew"
        );
}
