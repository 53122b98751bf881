namespace Bascule.Simulators.Databricks;

/// <summary>How a simulated workspace is set up.</summary>
public sealed record DatabricksSimulatorOptions
{
    /// <summary>Signs the https certificate, and is what running tasks trust.</summary>
    public required LoopbackAuthority Authority { get; init; }

    /// <summary>Holds workspace files, volumes and the tasks' home directories. Made when absent, never emptied.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>On 127.0.0.1; 0 = any free port.</summary>
    public int Port { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public string PythonExecutable { get; init; } = "python3";

    /// <summary>Whether the published limits per second are kept: runs/submit 35, run-now 20, runs/get 100, import 30, ...</summary>
    public bool RateLimits { get; init; }

    /// <summary>Sent as <c>Retry-After</c> with a refusal by the limits; null = not sent, as Databricks documents none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What to trust when an issuer's keys are fetched; null = the system's authorities.</summary>
    public string? TrustedCaPem { get; init; }

    /// <summary>Lets a federation policy name an <c>http://</c> issuer or key set on loopback. Databricks takes https only.</summary>
    public bool AllowLoopbackHttpIssuer { get; init; }

    /// <summary>How long a run waits for compute before it runs.</summary>
    public TimeSpan PendingFor { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Whether <c>mlflow.databricks.jobRunID</c> names the job's run instead of the task's. The published sources leave it
    /// open, so a client should know both.
    /// </summary>
    public bool TagsParentRun { get; init; }

    /// <summary>Also the audience that a policy without audiences expects.</summary>
    public string AccountId { get; init; } = Guid.NewGuid().ToString();

    public long WorkspaceId { get; init; } = 7_405_600_000_000_001;
}
