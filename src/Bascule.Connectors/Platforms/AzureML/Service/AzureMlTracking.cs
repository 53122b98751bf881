using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.AzureML.Service;

/// <summary>Calls of the workspace's MLflow endpoint. Reads only.</summary>
internal sealed class AzureMlTracking(AzureMlOptions options, AzureMlHosts hosts, ArmLogin login, TimeProvider time)
{
    private const string Mlflow = "/api/2.0/mlflow";
    private const int MostPages = 20;
    private const int MostSteps = 200;

    private readonly ArmPatience _patience = new(time);

    /// <summary>Null when there is no run of that id.</summary>
    /// <param name="id">Checked by the caller.</param>
    public async Task<Result<MlflowRun?>> FindRunAsync(
        ArmSession session,
        Uri place,
        string id,
        CancellationToken cancellationToken
    )
    {
        var found = await GetAsync(
            session,
            place,
            $"{Mlflow}/runs/get?run_id={Uri.EscapeDataString(id)}",
            $"read MLflow run {id}",
            MlflowJson.Default.MlflowRunAnswer,
            cancellationToken
        );
        if (found.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Of<MlflowRun?>(null) : problem;
        return Result.Of(found.Value.Run);
    }

    /// <summary>The runs that name another as their parent.</summary>
    /// <param name="parent">Its id checked by the caller to have no quote.</param>
    public async Task<Result<IReadOnlyList<MlflowRun>>> FindChildrenAsync(
        ArmSession session,
        Uri place,
        MlflowRunInfo parent,
        CancellationToken cancellationToken
    )
    {
        var body = new JsonObject
        {
            ["experiment_ids"] = new JsonArray(parent.ExperimentId),
            ["filter"] = $"tags.mlflow.parentRunId = '{parent.RunId}'",
            ["max_results"] = MostSteps,
        };
        return await SearchAsync(session, place, body, "search the steps' MLflow runs", cancellationToken);
    }

    /// <summary>The id of an experiment; null when there is none of that name.</summary>
    public async Task<Result<string?>> FindExperimentAsync(
        ArmSession session,
        Uri place,
        string name,
        CancellationToken cancellationToken
    )
    {
        var found = await GetAsync(
            session,
            place,
            $"{Mlflow}/experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}",
            $"find experiment {name}",
            MlflowJson.Default.ExperimentAnswer,
            cancellationToken
        );
        if (found.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Of<string?>(null) : problem;
        return Result.Of(found.Value.Experiment?.ExperimentId);
    }

    /// <summary>The newest of an experiment.</summary>
    /// <param name="experiment">Its id.</param>
    public Task<Result<IReadOnlyList<MlflowRun>>> NewestRunsAsync(
        ArmSession session,
        Uri place,
        string experiment,
        CancellationToken cancellationToken
    ) => SearchAsync(session, place, NewestRuns.Of(experiment), "list the newest MLflow runs", cancellationToken);

    /// <summary>What a run registered.</summary>
    /// <param name="id">Checked by the caller to have no quote.</param>
    public async Task<Result<IReadOnlyList<ModelVersionRow>>> VersionsAsync(
        ArmSession session,
        Uri place,
        string id,
        CancellationToken cancellationToken
    )
    {
        var all = new List<ModelVersionRow>();
        var token = "";
        for (var page = 0; page < MostPages; page++)
        {
            var read = await GetAsync(
                session,
                place,
                $"{Mlflow}/model-versions/search?filter={Uri.EscapeDataString($"run_id='{id}'")}{token}",
                "search model versions",
                MlflowJson.Default.ModelVersions,
                cancellationToken
            );
            if (read.Failed(out var problem))
                return problem;
            all.AddRange(read.Value.Rows ?? []);
            if (string.IsNullOrEmpty(read.Value.NextPageToken))
                break;
            token = $"&page_token={Uri.EscapeDataString(read.Value.NextPageToken)}";
        }
        return all;
    }

    /// <summary>The run history's details of a job, beside MLflow on the same server.</summary>
    /// <param name="job">Checked by the caller.</param>
    public Task<Result<JsonObject>> DetailsAsync(
        ArmSession session,
        Uri place,
        string job,
        CancellationToken cancellationToken
    ) =>
        GetAsync(
            session,
            new Uri(place, $"/history/v1.0{options.WorkspaceId}"),
            $"/runs/{job}/details",
            $"read where the log of job {job} is",
            ArmJson.Default.JsonObject,
            cancellationToken
        );

    private async Task<Result<IReadOnlyList<MlflowRun>>> SearchAsync(
        ArmSession session,
        Uri place,
        JsonObject body,
        string doing,
        CancellationToken cancellationToken
    )
    {
        var path = $"{place.AbsolutePath}{Mlflow}/runs/search";
        var found = await AskAsync(
            session,
            place,
            () => OutboundRequest.Send(HttpMethod.Post, path, doing, body, ArmJson.Default.JsonObject),
            MlflowJson.Default.MlflowRuns,
            cancellationToken
        );
        return found.Failed(out var problem) ? problem : Result.Of(found.Value.Runs ?? []);
    }

    private Task<Result<T>> GetAsync<T>(
        ArmSession session,
        Uri place,
        string path,
        string doing,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) => AskAsync(session, place, () => OutboundRequest.Get(place.AbsolutePath + path, doing), type, cancellationToken);

    /// <summary>A strict JSON answer.</summary>
    private async Task<Result<T>> AskAsync<T>(
        ArmSession session,
        Uri place,
        Func<OutboundRequest> request,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        var sent = await SendAsync(session, place, request, cancellationToken);
        return sent.Failed(out var problem) ? problem : sent.Value.Read(type);
    }

    /// <summary>A success; refusals that pass are waited out, and one login that has ended is renewed.</summary>
    private async Task<Result<OutboundAnswer>> SendAsync(
        ArmSession session,
        Uri place,
        Func<OutboundRequest> request,
        CancellationToken cancellationToken
    )
    {
        var client = hosts.ClientOf(place, "MLflow tracking");
        if (client.Failed(out var problem))
            return problem;
        var renewed = false;
        for (var attempt = 1; ; attempt++)
        {
            var authorization = await login.AuthorizationAsync(session, cancellationToken);
            if (authorization.Failed(out problem))
                return problem;
            var signed = request() with { Authorization = authorization.Value };
            var sent = await client.Value.SendAsync(signed, cancellationToken);
            if (sent.Failed(out problem))
                return problem;
            if (sent.Value.Status == 401 && !renewed)
            {
                renewed = true;
                login.Forget(session, authorization.Value);
                continue;
            }
            if (Refusal(sent.Value, authorization.Value) is not { } refusal)
                return sent;
            if (!refusal.IsTransient || !await _patience.TryAgainAsync(refusal, attempt, cancellationToken))
                return refusal;
        }
    }

    /// <summary>MLflow says <c>error_code</c> and <c>message</c>; a gateway before it answers as Resource Manager does.</summary>
    private static Problem? Refusal(OutboundAnswer answer, Secret authorization)
    {
        if (answer.IsSuccess)
            return null;
        var read = JsonReading.Read(answer.Body, ArmJson.Default.JsonObject);
        if (read.Problem is not null || JsonText.Of(read.Value["error_code"]) is not { } code)
            return ArmAnswer.Refusal(answer, authorization);
        var said = $"{code}: {JsonText.Of(read.Value["message"])}";
        var problem = answer.AsProblem(
            said.Replace(authorization.Reveal()["Bearer ".Length..], "***", StringComparison.Ordinal)
        )!;
        return code == "RESOURCE_DOES_NOT_EXIST" ? problem with { Code = ProblemCode.NotFound } : problem;
    }
}
