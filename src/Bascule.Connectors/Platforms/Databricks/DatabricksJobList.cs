using System.Globalization;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Calls of Jobs 2.2 that look through jobs and their runs. Each is made once: nothing waits for what they answer.</summary>
internal sealed class DatabricksJobList(DatabricksClient client)
{
    private const string Api = "/api/2.2/jobs";
    public const int RunsOnAPage = 20;
    private const int JobsOnAPage = 100;

    /// <summary>Jobs of that name, which is compared without regard to case there.</summary>
    public Task<Result<JobRows>> ListAsync(
        DatabricksSession session,
        string name,
        string? page,
        CancellationToken cancellationToken
    ) =>
        client.GetAsync(
            session,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Api}/list?limit={JobsOnAPage}&name={Uri.EscapeDataString(name)}{Token(page)}"
            ),
            $"find job '{name}'",
            DatabricksJson.Default.JobRows,
            cancellationToken
        );

    public Task<Result<JobRow>> GetAsync(DatabricksSession session, long job, CancellationToken cancellationToken) =>
        client.GetAsync(
            session,
            string.Create(CultureInfo.InvariantCulture, $"{Api}/get?job_id={job}"),
            string.Create(CultureInfo.InvariantCulture, $"read job {job}"),
            DatabricksJson.Default.JobRow,
            cancellationToken
        );

    /// <summary>Newest first.</summary>
    public Task<Result<JobRunRows>> ListRunsAsync(
        DatabricksSession session,
        long job,
        DateTimeOffset since,
        string? page,
        CancellationToken cancellationToken
    ) =>
        client.GetAsync(
            session,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Api}/runs/list?job_id={job}&limit={RunsOnAPage}&start_time_from={Math.Max(0, since.ToUnixTimeMilliseconds())}{Token(page)}"
            ),
            string.Create(CultureInfo.InvariantCulture, $"list runs of job {job}"),
            DatabricksJson.Default.JobRunRows,
            cancellationToken
        );

    private static string Token(string? page) => page is null ? "" : $"&page_token={Uri.EscapeDataString(page)}";
}
