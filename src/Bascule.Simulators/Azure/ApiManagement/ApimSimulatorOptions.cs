using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement;

/// <summary>How a simulated API Management service is set up.</summary>
public sealed record ApimSimulatorOptions
{
    /// <summary>Signs the https certificates, and is trusted when an issuer's keys are fetched.</summary>
    public required LoopbackAuthority Authority { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public string ResourceGroup { get; init; } = "rg-apis";

    public string ServiceName { get; init; } = "apim-simulated";

    /// <summary>How many entities a page of a list has at most.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>Null = nobody is throttled; the headers tell of the published buckets all the same.</summary>
    public ArmThrottling? Throttling { get; init; }

    /// <summary>Waited before each answer, and counted by <see cref="ApimSimulator.SimulatedTime"/>.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How often whoever polls an operation that takes long is told that it is not done; 0 = such operations are done at once.</summary>
    public int OperationPolls { get; init; } = 1;

    /// <summary>After this an operation is done although nobody polled it.</summary>
    public TimeSpan OperationTakes { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether an operation that takes long is answered with 202 and no body, rather than with 201 or 200 and what was sent.</summary>
    public bool AnswersAccepted { get; init; }
}
