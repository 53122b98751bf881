using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Calls of Jobs 2.2.</summary>
internal sealed class DatabricksJobs(DatabricksClient client)
{
    private const string Api = "/api/2.2/jobs";
    private const int PageSize = 20;
    private const int MostPages = 50;

    public const string SubmitPath = $"{Api}/runs/submit";
    public const string RunNowPath = $"{Api}/run-now";

    /// <summary>Launches, or names the run that this body's idempotency token launched before.</summary>
    public async Task<Result<string>> LaunchAsync(
        DatabricksSession session,
        string path,
        JsonObject body,
        CancellationToken cancellationToken
    )
    {
        var launched = await client.PostAsync(
            session,
            path,
            "start the run",
            body,
            DatabricksJson.Default.Launched,
            cancellationToken
        );
        if (launched.Failed(out var problem))
            return problem;
        return launched.Value.RunId is { } id
            ? id.ToString(CultureInfo.InvariantCulture)
            : Problem.Unavailable("the workspace did not say which run it started; it is asked again");
    }

    public Task<Result<JobAnswer>> GetJobAsync(
        DatabricksSession session,
        long job,
        CancellationToken cancellationToken
    ) =>
        client.GetAsync(
            session,
            string.Create(CultureInfo.InvariantCulture, $"{Api}/get?job_id={job}"),
            string.Create(CultureInfo.InvariantCulture, $"read job {job}"),
            DatabricksJson.Default.JobAnswer,
            cancellationToken
        );

    public Task<Result<JobRun>> GetAsync(DatabricksSession session, string run, CancellationToken cancellationToken) =>
        client.GetAsync(
            session,
            $"{Api}/runs/get?run_id={run}",
            $"read run {run}",
            DatabricksJson.Default.JobRun,
            cancellationToken
        );

    /// <param name="taskRun">The id of the task's run: the whole run's id is refused.</param>
    public Task<Result<RunOutput>> GetOutputAsync(
        DatabricksSession session,
        long taskRun,
        CancellationToken cancellationToken
    ) =>
        client.GetPatientlyAsync(
            session,
            string.Create(CultureInfo.InvariantCulture, $"{Api}/runs/get-output?run_id={taskRun}"),
            string.Create(CultureInfo.InvariantCulture, $"read the output of task run {taskRun}"),
            DatabricksJson.Default.RunOutput,
            cancellationToken
        );

    public async Task<Result<Done>> CancelAsync(
        DatabricksSession session,
        string run,
        CancellationToken cancellationToken
    )
    {
        var body = new JsonObject { ["run_id"] = long.Parse(run, CultureInfo.InvariantCulture) };
        var canceled = await client.PostAsync(
            session,
            $"{Api}/runs/cancel",
            $"cancel run {run}",
            body,
            DatabricksJson.Default.JsonElement,
            cancellationToken
        );
        return canceled.Failed(out var problem) ? problem : default(Done);
    }

    /// <summary>All active runs with their tasks, as the workspace writes them: to look for what they use.</summary>
    public async Task<Result<IReadOnlyList<string>>> ListActiveAsync(
        DatabricksSession session,
        CancellationToken cancellationToken
    )
    {
        var pages = new List<string>();
        var token = "";
        for (var page = 0; page < MostPages; page++)
        {
            var listed = await client.GetPatientlyAsync(
                session,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Api}/runs/list?active_only=true&expand_tasks=true&limit={PageSize}{token}"
                ),
                "list active runs",
                DatabricksJson.Default.JsonElement,
                cancellationToken
            );
            if (listed.Failed(out var problem))
                return problem;
            pages.Add(listed.Value.GetRawText());
            if (listed.Value.Deserialize(DatabricksJson.Default.RunPage) is not { NextPageToken: { Length: > 0 } next })
                return pages;
            token = $"&page_token={Uri.EscapeDataString(next)}";
        }
        return Problem.Limited($"the workspace has more than {MostPages * PageSize} active runs");
    }
}
