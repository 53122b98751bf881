using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Airflow;

public sealed class AirflowConformanceTests(AirflowThreeStage stage)
    : PlatformConformance(stage),
        IClassFixture<AirflowThreeStage>;

public sealed class AirflowRunIdentityTests(AirflowThreeStage stage)
    : RunIdentityConformance(stage),
        IClassFixture<AirflowThreeStage>;

public sealed class AirflowRunKeepingTests(AirflowThreeStage stage)
    : RunKeepingConformance(stage, stage),
        IClassFixture<AirflowThreeStage>;

public sealed class AirflowDeployingTests(AirflowThreeStage stage)
    : DeployingConformance(stage, stage),
        IClassFixture<AirflowThreeStage>;

public sealed class AirflowTwoConformanceTests(AirflowTwoStage stage)
    : PlatformConformance(stage),
        IClassFixture<AirflowTwoStage>;

public sealed class AirflowTwoRunKeepingTests(AirflowTwoStage stage)
    : RunKeepingConformance(stage, stage),
        IClassFixture<AirflowTwoStage>;

public sealed class AirflowTwoDeployingTests(AirflowTwoStage stage)
    : DeployingConformance(stage, stage),
        IClassFixture<AirflowTwoStage>;
