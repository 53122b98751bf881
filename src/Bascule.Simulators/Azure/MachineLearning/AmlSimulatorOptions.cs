using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning;

/// <summary>How a simulated Azure Machine Learning workspace is set up.</summary>
public sealed record AmlSimulatorOptions
{
    /// <summary>Signs the https certificates, and is trusted when an issuer's keys are fetched.</summary>
    public required LoopbackAuthority Authority { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public string ResourceGroup { get; init; } = "rg-ml";

    public string WorkspaceName { get; init; } = "ml-simulated";

    public string Location { get; init; } = "westeurope";

    /// <summary>Names of the clusters that exist; serverless compute needs none.</summary>
    public IReadOnlyList<string> Computes { get; init; } = ["cpu-cluster"];

    /// <summary>Environments of the workspace as <c>name:version</c>; of one name the last is the latest.</summary>
    public IReadOnlyList<string> Environments { get; init; } = ["sklearn:1", "sklearn:2"];

    /// <summary>Environments of the public registry <c>azureml</c> as <c>name:version</c>.</summary>
    public IReadOnlyList<string> RegistryEnvironments { get; init; } = ["sklearn-1.5:1"];

    /// <summary>Data assets of the workspace as <c>name:version</c>, all folders.</summary>
    public IReadOnlyList<string> Data { get; init; } = ["churn:1", "churn:2"];

    /// <summary>How many items a page of a list has at most.</summary>
    public int PageSize { get; init; } = 30;

    /// <summary>Null = nobody is throttled; the headers tell of the published buckets all the same.</summary>
    public ArmThrottling? Throttling { get; init; }

    /// <summary>Waited before each answer of Azure Resource Manager.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How often whoever looks at a job that is being cancelled is told that it still is.</summary>
    public int CancelLooks { get; init; } = 1;

    /// <summary>How long a SAS for an upload or a log is good.</summary>
    public TimeSpan SasLifetime { get; init; } = TimeSpan.FromHours(1);
}
