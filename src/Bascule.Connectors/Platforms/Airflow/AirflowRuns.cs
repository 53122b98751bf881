using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>A DAG run as Airflow tells of it.</summary>
/// <param name="Commit">The commit that it is pinned to; null where Airflow knows none.</param>
internal sealed record AirflowRun(string DagId, string RunId, PlatformRunState State, string? Commit)
{
    public bool IsTerminal => State is PlatformRunState.Succeeded or PlatformRunState.Failed;
}

/// <param name="State">As Airflow writes it, e.g. upstream_failed; null while nobody has looked at the task.</param>
/// <param name="Try">How many tries have begun.</param>
/// <param name="MapIndex">Which part of a mapped task; null for one that is not mapped.</param>
internal sealed record AirflowTaskRun(string Id, string? State, int Try, int? MapIndex);

/// <summary>Starts, watches and stops DAG runs. A run is known by its id alone, which Bascule chooses.</summary>
internal sealed class AirflowRuns(AirflowHttp http, AirflowOptions options)
{
    /// <summary>
    /// Starts the run, or finds the one that an earlier try started: the same id with the same configuration is the same run. The same id with another is
    /// somebody else's, and a Conflict (THREATS T133, T134). Airflow takes no commit to run: it pins the run to what its bundle has at that moment, so a run
    /// of another commit is stopped, and a Conflict too (THREATS T97).
    /// </summary>
    public async Task<Result<AirflowRun>> StartAsync(
        AirflowSession session,
        string dagId,
        string runId,
        CommitId commit,
        JsonObject conf,
        CancellationToken cancellationToken
    )
    {
        if (Unfit(dagId, runId) is { } unfit)
            return unfit;
        var started = await session.WrittenAsync(
            "airflow.runs.start",
            $"{dagId}/{runId}",
            stop => TriggerAsync(session, dagId, runId, conf, stop),
            cancellationToken
        );
        if (started.Failed(out var problem) && problem.Code == ProblemCode.Conflict)
            started = await FindOwnAsync(session, dagId, runId, conf, cancellationToken);
        return started.Problem is null && started.Value.Commit is { } other && other != commit.ToString()
            ? await StopAsync(session, started.Value, commit, cancellationToken)
            : started;
    }

    private async Task<Result<AirflowRun>> StopAsync(
        AirflowSession session,
        AirflowRun run,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var stopped = await CancelAsync(session, run.DagId, run.RunId, cancellationToken);
        if (stopped.Failed(out var problem) && problem.IsTransient)
            return problem;
        return Problem.Conflict(
            $"{options.Subject}: run {run.RunId} of {run.DagId} began at commit {StatusProblem.Clean(run.Commit!)} and not at {commit}: what Airflow follows "
                + $"moved meanwhile. {(problem is null ? "The run was stopped" : $"It could not be stopped ({problem.Message})")}; start a new one"
        );
    }

    /// <summary>A run of ours that an earlier try started. NotFound when there is none; Conflict when the run of that id is somebody else's (THREATS T134).</summary>
    public async Task<Result<AirflowRun>> FindAsync(
        AirflowSession session,
        string dagId,
        string runId,
        JsonObject conf,
        CancellationToken cancellationToken
    )
    {
        var read = await RowAsync(session, dagId, runId, cancellationToken);
        return read.Failed(out var problem) ? problem : Own(dagId, runId, read.Value, conf);
    }

    /// <summary>NotFound when somebody deleted it there.</summary>
    public async Task<Result<AirflowRun>> ReadAsync(
        AirflowSession session,
        string dagId,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var read = await RowAsync(session, dagId, runId, cancellationToken);
        return read.Failed(out var problem) ? problem : Of(dagId, runId, read.Value);
    }

    /// <summary>Every task, at most <see cref="AirflowDefaults.MaxRows"/>.</summary>
    public async Task<Result<IReadOnlyList<AirflowTaskRun>>> TasksAsync(
        AirflowSession session,
        string dagId,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (Unfit(dagId, runId) is { } unfit)
            return unfit;
        var tasks = new List<AirflowTaskRun>();
        while (tasks.Count < AirflowDefaults.MaxRows)
        {
            var read = await http.GetAsync(
                session,
                $"{PathOf(dagId, runId)}/taskInstances?limit={AirflowDefaults.PageSize}&offset={tasks.Count}",
                $"read the tasks of run {runId} of {dagId}",
                AirflowJson.Default.TaskPage,
                cancellationToken
            );
            if (read.Failed(out var problem))
                return problem;
            var page = read.Value.TaskInstances ?? [];
            tasks.AddRange(page.Select(Of));
            if (page.Count == 0 || tasks.Count >= read.Value.TotalEntries)
                break;
        }
        return tasks;
    }

    /// <summary>
    /// Marks the run failed, which is how Airflow stops one. Done also when it has ended or is gone: a run that succeeded is never marked otherwise.
    /// </summary>
    public async Task<Result<Done>> CancelAsync(
        AirflowSession session,
        string dagId,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var now = await ReadAsync(session, dagId, runId, cancellationToken);
        if (now.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Done : problem;
        if (now.Value.IsTerminal)
            return Result.Done;
        var canceled = await session.WrittenAsync(
            "airflow.runs.cancel",
            $"{dagId}/{runId}",
            stop => MarkFailedAsync(session, dagId, runId, stop),
            cancellationToken
        );
        return canceled.Failed(out problem) && problem.Code != ProblemCode.NotFound ? problem : Result.Done;
    }

    private Task<Result<RunRow>> MarkFailedAsync(
        AirflowSession session,
        string dagId,
        string runId,
        CancellationToken cancellationToken
    ) =>
        http.SendAsync(
            session,
            HttpMethod.Patch,
            PathOf(dagId, runId),
            $"stop run {runId} of {dagId}",
            new JsonObject { ["state"] = "failed" },
            AirflowJson.Default.RunRow,
            cancellationToken
        );

    private async Task<Result<AirflowRun>> TriggerAsync(
        AirflowSession session,
        string dagId,
        string runId,
        JsonObject conf,
        CancellationToken cancellationToken
    )
    {
        var body = new JsonObject { ["dag_run_id"] = runId, ["conf"] = conf.DeepClone() };
        // Airflow 3.0 and 3.1 want the field though it may be null; Airflow 2 takes null for a mistake of ours.
        if (options.Api == AirflowApi.V2)
            body["logical_date"] = null;
        var sent = await http.SendAsync(
            session,
            HttpMethod.Post,
            options.Base + OutboundPath.Of($"/dags/{dagId}/dagRuns"),
            $"start run {runId} of {dagId}",
            body,
            AirflowJson.Default.RunRow,
            cancellationToken
        );
        return sent.Failed(out var problem) ? problem : Of(dagId, runId, sent.Value);
    }

    private async Task<Result<AirflowRun>> FindOwnAsync(
        AirflowSession session,
        string dagId,
        string runId,
        JsonObject conf,
        CancellationToken cancellationToken
    )
    {
        var read = await RowAsync(session, dagId, runId, cancellationToken);
        if (read.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound
                ? Problem.Conflict(
                    $"{options.Subject}: cannot start run {runId} of {dagId}: Airflow says that it exists, and does not have it; "
                        + "another run may have the same logical date"
                )
                : problem;
        return Own(dagId, runId, read.Value, conf);
    }

    private Result<AirflowRun> Own(string dagId, string runId, RunRow row, JsonObject conf) =>
        JsonNode.DeepEquals(row.Conf ?? [], conf)
            ? Of(dagId, runId, row)
            : Problem.Conflict(
                $"{options.Subject}: cannot start run {runId} of {dagId}: a run of that id exists with another configuration, so somebody else started it; "
                    + "delete it in Airflow, or start a new run"
            );

    private Task<Result<RunRow>> RowAsync(
        AirflowSession session,
        string dagId,
        string runId,
        CancellationToken cancellationToken
    ) =>
        Unfit(dagId, runId) is { } unfit
            ? Task.FromResult<Result<RunRow>>(unfit)
            : http.GetAsync(
                session,
                PathOf(dagId, runId),
                $"read run {runId} of {dagId}",
                AirflowJson.Default.RunRow,
                cancellationToken
            );

    private string PathOf(string dagId, string runId) =>
        options.Base + OutboundPath.Of($"/dags/{dagId}/dagRuns/{runId}");

    private Problem? Unfit(string dagId, string runId) =>
        !AirflowNames.IsDagId(dagId)
            ? Problem.Invalid(
                $"{options.Subject}: '{StatusProblem.Clean(dagId)}' is not a DAG's id; write the id that Airflow shows"
            )
        : !AirflowNames.IsRunId(runId)
            ? Problem.Invalid(
                $"{options.Subject}: '{StatusProblem.Clean(runId)}' is not an id that Airflow takes for a run"
            )
        : null;

    /// <summary>A run in a state that nobody knew when this was written has not ended.</summary>
    private static AirflowRun Of(string dagId, string runId, RunRow row) =>
        new(
            dagId,
            runId,
            row.State switch
            {
                "success" => PlatformRunState.Succeeded,
                "failed" => PlatformRunState.Failed,
                "queued" => PlatformRunState.Waiting,
                _ => PlatformRunState.Running,
            },
            row.BundleVersion
        );

    private static AirflowTaskRun Of(TaskRow row) =>
        new(row.TaskId ?? "", row.State, row.TryNumber ?? 0, row.MapIndex is >= 0 and var part ? part : null);
}
