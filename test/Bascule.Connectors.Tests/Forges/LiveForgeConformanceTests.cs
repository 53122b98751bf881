using Bascule.Testing.Forges;

namespace Bascule.Connectors.Tests.Forges;

[NeedsLiveForge]
public sealed class LiveForgeConformanceTests(LiveForgeStage stage)
    : ForgeConformance(stage),
        IClassFixture<LiveForgeStage>;
