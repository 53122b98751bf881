namespace Bascule.Simulators.Azure.Resources;

/// <summary>Token buckets of one principal in one subscription and region; by default as Azure Resource Manager publishes them.</summary>
/// <param name="Reads">How many reads fit into a full bucket.</param>
/// <param name="ReadsPerSecond">How fast it fills.</param>
/// <param name="Writes">PUT, PATCH and POST.</param>
public sealed record ArmThrottling(
    int Reads = 250,
    int ReadsPerSecond = 25,
    int Writes = 200,
    int WritesPerSecond = 10,
    int Deletes = 200,
    int DeletesPerSecond = 10
);
