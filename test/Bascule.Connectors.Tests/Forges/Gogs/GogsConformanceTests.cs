using Bascule.Testing.Forges;

namespace Bascule.Connectors.Tests.Forges.Gogs;

public sealed class GogsConformanceTests(SimulatedGogs stage) : ForgeConformance(stage), IClassFixture<SimulatedGogs>;
