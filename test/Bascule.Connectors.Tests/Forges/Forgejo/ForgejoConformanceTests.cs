using Bascule.Testing.Forges;

namespace Bascule.Connectors.Tests.Forges.Forgejo;

public sealed class ForgejoConformanceTests(SimulatedForgejo stage)
    : ForgeConformance(stage),
        IClassFixture<SimulatedForgejo>;
