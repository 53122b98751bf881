using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.AzureML.Jobs;
using Bascule.Connectors.Platforms.Logs;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Service;

/// <summary>
/// The end of a job's log, by the region's run history: its details name each log file with an address that may be read. Microsoft's own tools read logs so; no
/// description of the service has it, and no live workspace confirmed it.
/// </summary>
internal sealed class AzureMlLogs(AzureMlOptions options, AzureMlHosts hosts, AzureMlTracking tracking)
{
    private const string Usual = "user_logs/std_log.txt";
    private const string OfPrograms = "user_logs/";

    /// <summary>As MLflow calls it.</summary>
    private const string Failed = "FAILED";

    /// <summary>Null when the job wrote none. Of a pipeline, that of the step that failed, or else of the last one, below the step's name.</summary>
    /// <param name="place">Where the workspace keeps MLflow runs.</param>
    public async Task<Result<string?>> ReadEndAsync(
        ArmSession session,
        Uri place,
        StartedRun run,
        CancellationToken cancellationToken
    )
    {
        var steps = PipelineRuns.StepsOf(run.Run);
        if (steps.Count == 0)
            return await ReadJobAsync(session, place, run.PlatformRunId, cancellationToken);
        var root = await tracking.FindRunAsync(session, place, run.PlatformRunId, cancellationToken);
        if (root.Failed(out var problem))
            return problem;
        if (root.Value?.Info is not { } info)
            return Result.Of<string?>(null);
        var found = await tracking.FindChildrenAsync(session, place, info, cancellationToken);
        if (found.Failed(out problem))
            return problem;
        var known = PipelineRuns.Of(found.Value, steps, run.Mark).ByStep;
        var told =
            steps.FirstOrDefault(step => known.GetValueOrDefault(step)?.Info?.Status == Failed)
            ?? steps.LastOrDefault(known.ContainsKey);
        if (told is null || known[told].Info?.RunId is not { } job || !AssetName.IsName(job))
            return Result.Of<string?>(null);
        var log = await ReadJobAsync(session, place, job, cancellationToken);
        return log.Failed(out problem) ? problem : Result.Of(log.Value is { } text ? $"step {told}:\n{text}" : null);
    }

    private async Task<Result<string?>> ReadJobAsync(
        ArmSession session,
        Uri place,
        string job,
        CancellationToken cancellationToken
    )
    {
        var details = await tracking.DetailsAsync(session, place, job, cancellationToken);
        if (details.Failed(out var problem))
            return problem;
        if (Choose(details.Value["logFiles"] as JsonObject) is not { } text)
            return Result.Of<string?>(null);
        if (SignedAddress.Canonical(text) is not { } address)
            return Problem.Invalid($"{options.Subject}: the log of job {job} is at no address");
        var client = hosts.ClientOf(address, "the log");
        if (client.Failed(out problem))
            return problem;
        var request = OutboundRequest.Get(address.PathAndQuery, $"read the log of job {job}") with
        {
            Accept = "*/*",
            Headers = new Dictionary<string, Secret> { ["x-ms-version"] = new(AzureMlDefaults.StorageVersion) },
        };
        var read = await client.Value.SendAsync(request, cancellationToken);
        if (read.Failed(out problem))
            return problem;
        // The storage's own words may repeat the address, and with it the signature.
        return read.Value.AsProblem() is { } refusal ? refusal : LogEnd.Of(read.Value.Body.Span);
    }

    /// <summary>What the program printed; of several machines' the last by name.</summary>
    private static string? Choose(JsonObject? files) =>
        JsonText.Of(files?[Usual])
        ?? files
            ?.Where(file => file.Key.StartsWith(OfPrograms, StringComparison.Ordinal))
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => JsonText.Of(file.Value))
            .LastOrDefault();
}
