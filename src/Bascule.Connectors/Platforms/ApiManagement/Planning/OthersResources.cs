using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.ApiManagement.Planning;

/// <summary>What other repositories and workflows have on the same service: two that write to one resource would undo each other's work for ever (THREATS T141).</summary>
internal static class OthersResources
{
    private const int MostShown = 10;

    public static HashSet<ApimAddress> Of(ApimOptions options, IReadOnlyList<OtherDeployment> others) =>
        [.. OnService(options, others).SelectMany(other => ApimPlan.ResourcesOf(other.Plan))];

    /// <summary>Null when the commit has nothing that is another's.</summary>
    public static Problem? RefusalOf(ApimSource source, ApimOptions options, IReadOnlyList<OtherDeployment> others)
    {
        var wanted = source.Resources.Select(resource => resource.Address).ToHashSet();
        foreach (var other in OnService(options, others))
        {
            var taken = ApimPlan.ResourcesOf(other.Plan).Where(wanted.Contains).ToList();
            if (taken.Count == 0)
                continue;
            var more = taken.Count > MostShown ? $" and {taken.Count - MostShown} more" : "";
            return Problem.Denied(
                $"{string.Join(", ", taken.Take(MostShown))}{more} of {options.Service} belongs to workflow '{other.Workflow}' of {other.Repository} in environment '{other.Environment}', which deployed it last; keep each resource in one place: take it out of one of the two, or that repository out of the environment"
            );
        }
        return null;
    }

    private static IEnumerable<OtherDeployment> OnService(ApimOptions options, IReadOnlyList<OtherDeployment> others) =>
        others.Where(other =>
            string.Equals(ApimPlan.ServiceOf(other.Plan), options.ServiceId, StringComparison.OrdinalIgnoreCase)
        );
}
