using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement;

public sealed class ApimConformanceTests(ApimConformanceStage stage)
    : PlatformConformance(stage),
        IClassFixture<ApimConformanceStage>;

public sealed class ApimRunIdentityTests(ApimConformanceStage stage)
    : RunIdentityConformance(stage),
        IClassFixture<ApimConformanceStage>;

public sealed class ApimDeployingTests(ApimConformanceStage stage)
    : DeployingConformance(stage, stage),
        IClassFixture<ApimConformanceStage>;
