using Bascule.Testing.Forges;

namespace Bascule.Connectors.Tests.Forges;

public sealed class GiteaRotationTests(SimulatedGitea stage)
    : RotationConformance(stage),
        IClassFixture<SimulatedGitea>;

public sealed class ForgejoRotationTests(SimulatedForgejo stage)
    : RotationConformance(stage),
        IClassFixture<SimulatedForgejo>;

public sealed class GogsRotationTests(SimulatedGogs stage) : RotationConformance(stage), IClassFixture<SimulatedGogs>;

[NeedsLiveForge]
public sealed class LiveForgeCredentialTests(LiveForgeStage stage)
    : RotationConformance(stage),
        IClassFixture<LiveForgeStage>;
