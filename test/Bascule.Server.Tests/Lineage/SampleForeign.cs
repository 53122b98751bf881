using Bascule.Server.Audit;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Identity;
using Bascule.Server.Lineage;
using Bascule.Server.Runs;
using Bascule.Server.Tests.World;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Lineage;

/// <summary>What looks for runs that Bascule did not start, on the parts of a world.</summary>
internal static class SampleForeign
{
    public static ForeignRunsHandler HandlerIn(ServerWorld world)
    {
        var links = new ForeignLinks(
            world.Storage.Lineage,
            world.Storage.Runs,
            world.Storage.Repositories,
            world.Get<ForgeConnections>(),
            world.Get<EnvironmentConnections>(),
            world.Mirror,
            world.Get<RunMark>(),
            world.Clock
        );
        return new ForeignRunsHandler(
            world.Get<EnvironmentConnections>(),
            world.Get<RunIdentities>(),
            links,
            world.Storage.Lineage,
            RetentionSettings.Default,
            world.Get<AuditTrail>(),
            world.Clock,
            NullLogger<ForeignRunsHandler>.Instance
        );
    }
}
