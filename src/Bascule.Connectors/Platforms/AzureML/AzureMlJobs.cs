using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Runs;

namespace Bascule.Connectors.Platforms.AzureML;

/// <summary>
/// A run's job. Its name is the run's key, so that asking twice starts once. Somebody with access to the workspace may take the name or change a tag, so
/// a job is believed only with the run's mark (THREATS T134).
/// </summary>
internal sealed class AzureMlJobs(AzureMlOptions options, AzureMlClient client)
{
    private const string NameStart = "bascule-";

    public static string NameOf(Run run) => NameStart + run.Key.Hex;

    /// <summary>Null when there is none of that name. Denied when it is another one's.</summary>
    public async Task<Result<JobReading?>> FindAsync(
        ArmSession session,
        string name,
        string mark,
        CancellationToken cancellationToken
    )
    {
        var found = await client.FindAsync(session, $"jobs/{name}", cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        if (found.Value is not { } there)
            return Result.Of<JobReading?>(null);
        var job = JobReading.Of(there);
        return job.Mark == mark
            ? job
            : Problem.Denied(
                $"{options.Subject}: job {name} does not carry this run's mark in its tag {Planning.JobBody.RunTag}, so it is not believed to be this run; "
                    + "see in the studio who made or changed it"
            );
    }

    public Task<Result<Done>> PutAsync(
        ArmSession session,
        string name,
        JsonObject body,
        CancellationToken cancellationToken
    ) => client.PutAsync(session, $"jobs/{name}", body, "azureml.jobs.put", cancellationToken);

    /// <summary>Done also when it has ended already, or is not there any more.</summary>
    public async Task<Result<Done>> CancelAsync(
        ArmSession session,
        string name,
        string mark,
        CancellationToken cancellationToken
    )
    {
        var before = await FindAsync(session, name, mark, cancellationToken);
        if (before.Failed(out var problem))
            return problem;
        if (before.Value is null or { IsTerminal: true })
            return Result.Done;
        var canceled = await client.CancelAsync(session, name, cancellationToken);
        if (!canceled.Failed(out problem))
            return Result.Done;
        // It may have ended in this moment, or be on its way to its end where nobody may look: the job itself says so.
        var after = await FindAsync(session, name, mark, cancellationToken);
        return after is { Problem: null, Value: null or { IsTerminal: true } or { Status: "CancelRequested" } }
            ? Result.Done
            : problem;
    }

    /// <summary>The job in the studio.</summary>
    public Uri PageOf(string name)
    {
        var tenant = options.Azure.Account is ArmAccount.Federation federation ? $"&tid={federation.Tenant}" : "";
        return new Uri(options.Studio, $"/runs/{name}?wsid={options.WorkspaceId}{tenant}");
    }
}
