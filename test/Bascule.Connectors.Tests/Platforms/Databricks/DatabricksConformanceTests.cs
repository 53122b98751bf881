using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

/// <summary>On the simulator: a live workspace was never available.</summary>
public sealed class DatabricksConformanceTests(SimulatedDatabricksStage stage)
    : PlatformConformance(stage),
        IClassFixture<SimulatedDatabricksStage>;
