using Bascule.Testing.Forges;

namespace Bascule.Connectors.Tests.Forges.Gitea;

public sealed class GiteaConformanceTests(SimulatedGitea stage)
    : ForgeConformance(stage),
        IClassFixture<SimulatedGitea>;
