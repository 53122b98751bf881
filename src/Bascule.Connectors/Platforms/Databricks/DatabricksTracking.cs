using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Mlflow;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Calls of MLflow's tracking service and of the two model registries.</summary>
internal sealed class DatabricksTracking(DatabricksClient client)
{
    private const string Mlflow = "/api/2.0/mlflow";
    private const int MostExperiments = 100;
    private const int ExperimentsOnAPage = 1000;
    private const int MostCandidates = 20;
    private const int MostPages = 20;

    /// <summary>Null when there is no such experiment.</summary>
    public async Task<Result<string?>> FindExperimentAsync(
        DatabricksSession session,
        string name,
        CancellationToken cancellationToken
    )
    {
        var found = await client.GetPatientlyAsync(
            session,
            $"{Mlflow}/experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}",
            $"find experiment {name}",
            MlflowJson.Default.ExperimentAnswer,
            cancellationToken
        );
        if (found.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Of<string?>(null) : Result.Failure<string?>(problem);
        return Result.Of(found.Value.Experiment?.ExperimentId);
    }

    /// <summary>Those that changed last: where a run that named none may have logged.</summary>
    public async Task<Result<IReadOnlyList<string>>> LatestExperimentsAsync(
        DatabricksSession session,
        CancellationToken cancellationToken
    )
    {
        var all = new List<ExperimentRow>();
        var body = new JsonObject { ["max_results"] = ExperimentsOnAPage };
        for (var page = 0; page < MostPages; page++)
        {
            var found = await client.PostPatientlyAsync(
                session,
                $"{Mlflow}/experiments/search",
                "list experiments",
                body,
                DatabricksJson.Default.ExperimentRows,
                cancellationToken
            );
            if (found.Failed(out var problem))
                return problem;
            all.AddRange((found.Value.Experiments ?? []).Where(row => row.ExperimentId is not null));
            if (string.IsNullOrEmpty(found.Value.NextPageToken))
                break;
            body["page_token"] = found.Value.NextPageToken;
        }
        return all.OrderByDescending(row => row.LastUpdateTime ?? row.CreationTime ?? 0)
            .Take(MostExperiments)
            .Select(row => row.ExperimentId!)
            .ToList();
    }

    /// <param name="value">Checked by the caller to have no quote.</param>
    public async Task<Result<IReadOnlyList<MlflowRun>>> FindRunsAsync(
        DatabricksSession session,
        IReadOnlyList<string> experiments,
        string tag,
        string value,
        CancellationToken cancellationToken
    )
    {
        var body = new JsonObject
        {
            ["experiment_ids"] = new JsonArray([.. experiments.Select(id => (JsonNode?)id)]),
            ["filter"] = $"tags.`{tag}` = '{value}'",
            ["max_results"] = MostCandidates,
        };
        var found = await client.PostPatientlyAsync(
            session,
            $"{Mlflow}/runs/search",
            $"search MLflow runs by {tag}",
            body,
            DatabricksJson.Default.MlflowRuns,
            cancellationToken
        );
        return found.Failed(out var problem)
            ? Result.Failure<IReadOnlyList<MlflowRun>>(problem)
            : Result.Of(found.Value.Runs ?? []);
    }

    /// <summary>The newest of an experiment.</summary>
    public async Task<Result<IReadOnlyList<MlflowRun>>> NewestRunsAsync(
        DatabricksSession session,
        string experiment,
        CancellationToken cancellationToken
    )
    {
        var found = await client.PostPatientlyAsync(
            session,
            $"{Mlflow}/runs/search",
            "list the newest MLflow runs",
            NewestRuns.Of(experiment),
            DatabricksJson.Default.MlflowRuns,
            cancellationToken
        );
        return found.Failed(out var problem)
            ? Result.Failure<IReadOnlyList<MlflowRun>>(problem)
            : Result.Of(found.Value.Runs ?? []);
    }

    /// <param name="id">Checked by the caller.</param>
    public async Task<Result<MlflowRun>> GetRunAsync(
        DatabricksSession session,
        string id,
        CancellationToken cancellationToken
    )
    {
        var found = await client.GetPatientlyAsync(
            session,
            $"{Mlflow}/runs/get?run_id={Uri.EscapeDataString(id)}",
            $"read MLflow run {id}",
            DatabricksJson.Default.MlflowRunAnswer,
            cancellationToken
        );
        if (found.Failed(out var problem))
            return problem;
        return found.Value.Run ?? new MlflowRun(null, null);
    }

    /// <summary>All versions of a model in the workspace's own registry.</summary>
    /// <param name="name">Checked by the caller to have no quote.</param>
    public Task<Result<IReadOnlyList<ModelVersionRow>>> ListNamedVersionsAsync(
        DatabricksSession session,
        string name,
        CancellationToken cancellationToken
    ) =>
        PagesAsync(
            session,
            $"{Mlflow}/model-versions/search?filter={Uri.EscapeDataString($"name='{name}'")}",
            $"search versions of {name}",
            cancellationToken
        );

    /// <summary>All versions of a Unity Catalog model; none when there is no such model.</summary>
    public async Task<Result<IReadOnlyList<ModelVersionRow>>> ListCatalogVersionsAsync(
        DatabricksSession session,
        string fullName,
        CancellationToken cancellationToken
    )
    {
        var listed = await PagesAsync(
            session,
            $"/api/2.1/unity-catalog/models/{Uri.EscapeDataString(fullName)}/versions?max_results=100",
            $"list versions of {fullName}",
            cancellationToken
        );
        if (listed.Problem is not { Code: ProblemCode.NotFound or ProblemCode.Denied } refusal)
            return listed;
        var searched = await PagesAsync(
            session,
            $"{Mlflow}/unity-catalog/model-versions/search?filter={Uri.EscapeDataString($"name='{fullName}'")}",
            $"search versions of {fullName}",
            cancellationToken
        );
        return (searched.Problem, refusal.Code) switch
        {
            (null, _) => searched,
            (_, ProblemCode.NotFound) => Result.Of<IReadOnlyList<ModelVersionRow>>([]),
            _ => refusal,
        };
    }

    /// <summary>What a run registered in the workspace's own registry.</summary>
    /// <param name="mlflowRun">Checked by the caller to have no quote.</param>
    public Task<Result<IReadOnlyList<ModelVersionRow>>> ListWorkspaceVersionsAsync(
        DatabricksSession session,
        string mlflowRun,
        CancellationToken cancellationToken
    ) =>
        PagesAsync(
            session,
            $"{Mlflow}/model-versions/search?filter={Uri.EscapeDataString($"run_id='{mlflowRun}'")}",
            "search model versions",
            cancellationToken
        );

    private async Task<Result<IReadOnlyList<ModelVersionRow>>> PagesAsync(
        DatabricksSession session,
        string path,
        string doing,
        CancellationToken cancellationToken
    )
    {
        var all = new List<ModelVersionRow>();
        var token = "";
        for (var page = 0; page < MostPages; page++)
        {
            var read = await client.GetPatientlyAsync(
                session,
                path + token,
                doing,
                DatabricksJson.Default.ModelVersions,
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
}
