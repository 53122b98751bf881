using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Testing.Platforms;

public static class Plans
{
    /// <summary>For tests that have nothing to wait for: the tree is in memory.</summary>
    public static Result<PlatformPlan> Plan(this IPlatform platform, PlanRequest request) =>
        platform.PlanAsync(request, CancellationToken.None).GetAwaiter().GetResult();
}
