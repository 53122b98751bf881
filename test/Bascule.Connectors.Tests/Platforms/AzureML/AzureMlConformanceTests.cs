using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.AzureML;

/// <summary>On the simulator: a live workspace was never available.</summary>
public sealed class AzureMlConformanceTests(AzureMlConformanceStage stage)
    : PlatformConformance(stage),
        IClassFixture<AzureMlConformanceStage>;

public sealed class AzureMlRunIdentityTests(AzureMlConformanceStage stage)
    : RunIdentityConformance(stage),
        IClassFixture<AzureMlConformanceStage>;

public sealed class AzureMlRunKeepingTests(AzureMlConformanceStage stage)
    : RunKeepingConformance(stage, stage),
        IClassFixture<AzureMlConformanceStage>;

public sealed class AzureMlTrainingTests(AzureMlConformanceStage stage)
    : TrainingConformance(stage, stage),
        IClassFixture<AzureMlConformanceStage>;

public sealed class AzureMlPromotingTests(AzureMlConformanceStage stage)
    : PromotingConformance(stage, stage, stage),
        IClassFixture<AzureMlConformanceStage>;
