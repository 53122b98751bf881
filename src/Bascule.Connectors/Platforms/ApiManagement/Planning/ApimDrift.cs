using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.ApiManagement.Planning;

/// <summary>What a deployment would change if the deployed commit were deployed once more: what somebody changed on the service since.</summary>
internal sealed class ApimDrift(ApimOptions options, ApimPlanner planner)
{
    public async Task<Result<IReadOnlyList<Difference>>> CompareAsync(
        DriftRequest request,
        CancellationToken cancellationToken
    )
    {
        var environment = (ApimEnvironment)request.Environment;
        // Rules decide what may be deployed; what is deployed already is compared whatever they say by now.
        var source = await ApimSourceReader.ReadAsync(request.Tree, environment.Folder, cancellationToken);
        if (source.Findings.FirstOrDefault(finding => finding.Severity == ApimSeverity.Error) is { } wrong)
            return Problem.Invalid(
                $"the deployed commit cannot be read by the environment's settings of now: {wrong.Path}:{wrong.Line}: {wrong.Text}; push a commit that fits them"
            );
        var compared = await planner.CompareAsync(
            source,
            ApimPlan.ResourcesOf(request.Deployed),
            new ArmSession(request.Access.Identity, request.Access.Audit) { IsPlanning = true },
            cancellationToken
        );
        if (compared.Failed(out var problem))
            return problem;
        var others = OthersResources.Of(options, request.Others);
        var changed = compared
            .Value.Changes.Changes.Where(change =>
                change.Action != ApimAction.Delete || !others.Contains(change.Address)
            )
            .Select(Of);
        var added = compared
            .Value.Strangers.Where(stranger => !others.Contains(stranger))
            .Select(stranger => new Difference(stranger.Path, DifferenceKind.Added, []));
        return Result.Of<IReadOnlyList<Difference>>([
            .. changed.Concat(added).OrderBy(difference => difference.What, StringComparer.Ordinal),
        ]);
    }

    private static Difference Of(ApimChange change) =>
        change.Action switch
        {
            ApimAction.Create => new Difference(change.Address.Path, DifferenceKind.Removed, []),
            ApimAction.Delete => new Difference(change.Address.Path, DifferenceKind.Added, []),
            _ => new Difference(change.Address.Path, DifferenceKind.Changed, change.Fields),
        };
}
