using System.Globalization;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>
/// Looks through the runs of jobs for those that name a commit. Reads only. The newest page of every job comes before the second page of any, so that a busy
/// job does not hide the others. What the workspace answers is believed as far as it is about the job that was asked for (THREATS T134).
/// </summary>
internal sealed class DatabricksForeignJobs(DatabricksOptions options, DatabricksJobList jobs)
{
    /// <summary>A job by name: found, read, and its newest page.</summary>
    public const int CallsOfAJob = 3;

    private const int MostPages = 5;
    private const int MostNamePages = 5;
    private const int LongestToken = 2000;

    /// <param name="names">Names, or ids in digits.</param>
    /// <param name="found">Takes what is found.</param>
    public async Task ReadAsync(
        ForeignLook look,
        IReadOnlyList<string> names,
        LookCalls calls,
        Dictionary<string, ForeignRun> found,
        CancellationToken cancellationToken
    )
    {
        var session = new DatabricksSession(look.Identity, null);
        var listings = new List<(JobRow Job, string? Page)>();
        foreach (var name in names)
            if (
                await FindAsync(session, name, calls, cancellationToken) is { } id
                && listings.TrueForAll(listing => listing.Job.JobId != id)
                && await GetAsync(session, id, calls, cancellationToken) is { } job
            )
                listings.Add((job, null));
        for (var page = 0; page < MostPages && listings.Count > 0; page++)
        {
            var next = new List<(JobRow Job, string? Page)>();
            foreach (var (job, token) in listings)
                if (await PageAsync(session, look, job, token, calls, found, cancellationToken) is { } following)
                    next.Add((job, following));
            listings = next;
        }
    }

    /// <summary>The one job of exactly that name. Where there are several, none: any of them might be somebody's copy.</summary>
    private async Task<long?> FindAsync(
        DatabricksSession session,
        string name,
        LookCalls calls,
        CancellationToken cancellationToken
    )
    {
        if (ObservedThings.JobId(name) is { } given)
            return given;
        var ids = new HashSet<long>();
        string? token = null;
        for (var page = 0; page < MostNamePages; page++)
        {
            var (asked, last) = (name, token);
            if (await calls.MakeAsync(() => jobs.ListAsync(session, asked, last, cancellationToken)) is not { } listed)
                return null;
            foreach (var row in listed.Jobs ?? [])
                if (row is { JobId: { } id, Settings.Name: { } called } && called == name && id > 0)
                    ids.Add(id);
            if ((token = Next(listed.NextPageToken)) is null)
                break;
        }
        if (ids.Count != 1)
            calls.Warn(
                ids.Count == 0
                    ? $"there is no job '{name}', or Bascule may not see it"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{ids.Count} jobs are called '{name}'; write the id of the one that is meant"
                    )
            );
        return ids.Count == 1 ? ids.Single() : null;
    }

    private async Task<JobRow?> GetAsync(
        DatabricksSession session,
        long id,
        LookCalls calls,
        CancellationToken cancellationToken
    )
    {
        var read = await calls.MakeAsync(() => jobs.GetAsync(session, id, cancellationToken));
        if (read is null || read.JobId == id)
            return read;
        calls.Warn(string.Create(CultureInfo.InvariantCulture, $"the answer about job {id} is about another job"));
        return null;
    }

    /// <summary>Where the next page is; null when there is none.</summary>
    private async Task<string?> PageAsync(
        DatabricksSession session,
        ForeignLook look,
        JobRow job,
        string? token,
        LookCalls calls,
        Dictionary<string, ForeignRun> found,
        CancellationToken cancellationToken
    )
    {
        var id = job.JobId!.Value;
        var read = await calls.MakeAsync(() => jobs.ListRunsAsync(session, id, look.Since, token, cancellationToken));
        var strangers = 0;
        foreach (var run in (read?.Runs ?? []).Take(DatabricksJobList.RunsOnAPage))
            if (run.JobId != id)
                strangers++;
            else if (JobRunReading.Of(run, job, options.Url) is { } foreign)
                found.TryAdd(foreign.Id, foreign);
        if (strangers > 0)
            calls.Warn(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the list of runs of job {id} holds {strangers} of other jobs, which are left out"
                )
            );
        return Next(read?.NextPageToken);
    }

    private static string? Next(string? token) => token is { Length: > 0 and <= LongestToken } ? token : null;
}
