using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.AzureML.Planning;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>A job as the workspace tells of it (`mfe.json`, JobBase and JobStatus).</summary>
/// <param name="Status">As Azure calls it.</param>
/// <param name="Mark">What it says to be Bascule's run by; null when it says nothing.</param>
internal sealed record JobReading(string Status, string? Mark)
{
    public static JobReading Of(ArmResource job) =>
        new(
            JsonText.Of(job.Properties["status"]) ?? "Unknown",
            JsonText.Of((job.Properties["tags"] as JsonObject)?[JobBody.RunTag])
        );

    /// <summary>
    /// Only Completed, Failed and Canceled are ends: from NotResponding a job may come back to any other state, and a state that nobody knows yet is
    /// no end either.
    /// </summary>
    public PlatformRunState State =>
        Status switch
        {
            "Completed" => PlatformRunState.Succeeded,
            "Failed" => PlatformRunState.Failed,
            "Canceled" => PlatformRunState.Canceled,
            "NotStarted" or "Starting" or "Provisioning" or "Preparing" or "Queued" => PlatformRunState.Waiting,
            _ => PlatformRunState.Running,
        };

    public bool IsTerminal =>
        State is PlatformRunState.Succeeded or PlatformRunState.Failed or PlatformRunState.Canceled;

    /// <summary>One sentence for people; null where the state says it all.</summary>
    public string? Words =>
        Status switch
        {
            "Completed" or "Canceled" or "Running" => null,
            "NotStarted" or "Starting" => "the job is about to begin",
            "Provisioning" => "compute is being made ready",
            "Preparing" => "the environment's image is being made ready",
            "Queued" => "the job waits for compute",
            "Finalizing" => "the program has ended, and its outputs are being kept",
            "CancelRequested" => "the job is being stopped",
            "Failed" => "the job failed; its page in the studio says why",
            "NotResponding" => "the compute gives no sign of life; the job may come back",
            "Paused" => "the job is paused; somebody resumes or cancels it in the studio",
            "Unknown" => "Azure does not know how the job is",
            _ => $"Azure says '{StatusProblem.Clean(Status)}', which this version of Bascule does not know",
        };
}
