using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks.Bundles;

/// <summary>With a stand-in for the Databricks CLI, on the simulator.</summary>
public sealed class BundleConformanceTests(SimulatedBundleStage stage)
    : PlatformConformance(stage),
        IClassFixture<SimulatedBundleStage>;

public sealed class BundleRunKeepingTests(SimulatedBundleStage stage)
    : RunKeepingConformance(stage, stage),
        IClassFixture<SimulatedBundleStage>;
