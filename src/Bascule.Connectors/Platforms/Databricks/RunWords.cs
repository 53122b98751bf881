using Bascule.Connectors.Outbound;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>What Jobs 2.2 says of a run, in Bascule's words; the older pair of states is read where the newer one is missing.</summary>
internal static class RunWords
{
    public static PlatformRunState StateOf(JobRun run) =>
        IsTerminal(run) ? EndOf(run)
        : (run.Status?.State ?? run.State?.LifeCycleState) is "RUNNING" or "TERMINATING" ? PlatformRunState.Running
        : PlatformRunState.Waiting;

    public static bool IsTerminal(JobRun run) =>
        run.Status?.State is { } state
            ? state == "TERMINATED"
            : run.State?.LifeCycleState is "TERMINATED" or "SKIPPED" or "INTERNAL_ERROR";

    /// <summary>Where it is or how it ended, in the platform's own word; null when it says nothing.</summary>
    public static string? WordOf(JobRun run) =>
        IsTerminal(run)
            ? run.State?.ResultState ?? run.Status?.TerminationDetails?.Code ?? run.State?.LifeCycleState
            : run.Status?.State ?? run.State?.LifeCycleState;

    /// <summary>One sentence; null when there is nothing to say.</summary>
    public static string? MessageOf(JobRun run)
    {
        if (!IsTerminal(run))
            return run.Status?.QueueDetails?.Message;
        var said = Text(run.Status?.TerminationDetails?.Message) ?? Text(run.State?.StateMessage);
        var why = Explain(run);
        return (why, said) switch
        {
            (null, _) => said,
            (_, null) => why,
            _ => $"{why}: {said}",
        };
    }

    /// <summary>Only a page of this workspace is shown as a link.</summary>
    public static Uri? PageOf(JobRun run, Uri workspace) =>
        Uri.TryCreate(run.RunPageUrl, UriKind.Absolute, out var page) && OutboundUrl.SameOrigin(page, workspace)
            ? page
            : null;

    private static PlatformRunState EndOf(JobRun run) =>
        (run.State?.ResultState, run.Status?.TerminationDetails?.Code) switch
        {
            ("SUCCESS", _) or (null, "SUCCESS") => PlatformRunState.Succeeded,
            ("TIMEDOUT", _) => PlatformRunState.Failed, // its code is CANCELED, but nobody canceled it
            ("CANCELED", _) or (null, "CANCELED" or "USER_CANCELED") => PlatformRunState.Canceled,
            _ => PlatformRunState.Failed,
        };

    private static string? Explain(JobRun run) =>
        Reason(run.State?.ResultState)
        ?? Reason(run.Status?.TerminationDetails?.Code)
        ?? Reason(run.State?.LifeCycleState);

    private static string? Reason(string? code) =>
        code switch
        {
            "TIMEDOUT" => "the run took longer than its timeout; raise timeout: or make it faster",
            "MAXIMUM_CONCURRENT_RUNS_REACHED" or "MAX_CONCURRENT_RUNS_EXCEEDED" =>
                "the job allows no more runs side by side; wait, or raise its maximum",
            "SKIPPED" => "Databricks skipped the run because another one was active",
            "SUCCESS_WITH_FAILURES" => "some tasks failed",
            "UPSTREAM_FAILED" => "a task before it failed",
            "UPSTREAM_CANCELED" => "a task before it was canceled",
            "EXCLUDED" => "its condition was not met, so it did not run",
            "DISABLED" => "the task is disabled in the job",
            "INTERNAL_ERROR" => "Databricks could not run it",
            "CLOUD_FAILURE" => "the cloud behind Databricks failed; try again",
            "CLUSTER_ERROR" or "DRIVER_ERROR" => "the compute failed; see the run's page",
            "LIBRARY_INSTALLATION_ERROR" => "a dependency could not be installed; check dependencies",
            "INVALID_CLUSTER_REQUEST" =>
                "the cluster's settings are refused; check policy, node_type and spark_version",
            "INVALID_RUN_CONFIGURATION" => "Databricks refuses the run's settings",
            "RESOURCE_NOT_FOUND" => "something that the run needs is not there",
            "UNAUTHORIZED_ERROR" => "the service principal lacks a right that the run needs",
            "STORAGE_ACCESS_ERROR" => "the run could not reach its storage",
            "MAX_JOB_QUEUE_SIZE_EXCEEDED" or "WORKSPACE_RUN_LIMIT_EXCEEDED" or "CLUSTER_REQUEST_LIMIT_EXCEEDED" =>
                "the workspace is full; try again later",
            "BUDGET_POLICY_LIMIT_EXCEEDED" => "the budget policy's limit is reached",
            "FEATURE_DISABLED" => "the run needs a feature that the workspace has disabled",
            _ => null,
        };

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
