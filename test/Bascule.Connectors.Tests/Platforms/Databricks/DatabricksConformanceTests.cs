using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks;

/// <summary>On the simulator: a live workspace was never available.</summary>
public sealed class DatabricksConformanceTests(SimulatedDatabricksStage stage)
    : PlatformConformance(stage),
        IClassFixture<SimulatedDatabricksStage>;

public sealed class DatabricksRunIdentityTests(SimulatedDatabricksStage stage)
    : RunIdentityConformance(stage),
        IClassFixture<SimulatedDatabricksStage>;

public sealed class DatabricksRunKeepingTests(SimulatedDatabricksStage stage)
    : RunKeepingConformance(stage, stage),
        IClassFixture<SimulatedDatabricksStage>;

public sealed class DatabricksTrainingTests(SimulatedDatabricksStage stage)
    : TrainingConformance(stage, stage),
        IClassFixture<SimulatedDatabricksStage>;

public sealed class DatabricksPromotingTests(SimulatedDatabricksStage stage)
    : PromotingConformance(stage, stage, stage),
        IClassFixture<SimulatedDatabricksStage>;
