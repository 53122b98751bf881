using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Server.Connections;

/// <summary>Makes plans also where no environment is asked for: then any connection of the workflow's kind can say what it would send.</summary>
public sealed class PlatformPlanners(IReadOnlyList<IPlatform> platforms)
{
    public IReadOnlyList<IPlatform> All => platforms;

    /// <param name="chosen">The environment's platform; null for a plan only.</param>
    public async Task<Result<PlatformPlan>> PlanAsync(
        string kind,
        IPlatform? chosen,
        PlanRequest request,
        CancellationToken cancellationToken
    )
    {
        var planner = chosen ?? platforms.FirstOrDefault(platform => platform.Kind == kind);
        return planner is null
            ? Problem.Denied($"no platform of kind '{kind}' is in bascule.yaml; ask an operator for one")
            : await planner.PlanAsync(request, cancellationToken);
    }
}
