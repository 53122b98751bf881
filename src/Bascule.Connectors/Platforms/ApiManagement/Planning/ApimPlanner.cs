using System.Globalization;
using Bascule.Connectors.Platforms.ApiManagement.Comparing;
using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Platforms.ApiManagement.Live;
using Bascule.Connectors.Platforms.ApiManagement.Resources;
using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Json;
using Bascule.Core.Platforms;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.ApiManagement.Planning;

/// <summary>Reads a commit, judges it by the environment's rules and compares it with the live service.</summary>
internal sealed class ApimPlanner(ApimOptions options, ApimClient client)
{
    private const int MostShown = 20;

    /// <summary>Denied when the gate finds an error: with file and line of each, as many as anybody reads at once.</summary>
    public async Task<Result<PlatformPlan>> PlanAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        var environment = (ApimEnvironment?)request.Environment ?? new ApimEnvironment();
        var read = await ReadAsync(request.Tree, environment, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        var (source, warnings) = (read.Value.Source, read.Value.Warnings.ToList());
        if (OthersResources.RefusalOf(source, options, request.Others) is { } taken)
            return taken;
        ApimChangeSet? changes = null;
        if (request.Access is { } access)
        {
            var compared = await CompareAsync(
                source,
                ApimPlan.ResourcesOf(request.Deployed),
                new ArmSession(access.Identity, access.Audit) { IsPlanning = true },
                cancellationToken
            );
            if (compared.Failed(out problem))
                return problem;
            changes = compared.Value.Changes;
            var others = OthersResources.Of(options, request.Others);
            warnings.AddRange(
                compared
                    .Value.Strangers.Where(stranger => !others.Contains(stranger))
                    .Take(MostShown)
                    .Select(stranger =>
                        $"{stranger} is on the service and not in the commit; it was made by hand and is left as it is"
                    )
            );
        }
        var plan = new ApimPlan([.. source.Resources.Select(resource => resource.Address)], changes);
        return new PlatformPlan(
            CanonicalJson.ToText(plan.Json(options, request, environment)),
            $"service {options.Service}",
            [.. plan.Lines(options, request)],
            warnings
        )
        {
            HoldsAlone = true,
        };
    }

    /// <summary>What the commit wants, when nothing in it stands in the way.</summary>
    public async Task<Result<JudgedSource>> ReadAsync(
        IContentTree tree,
        ApimEnvironment environment,
        CancellationToken cancellationToken
    )
    {
        var source = await ApimSourceReader.ReadAsync(tree, environment.Folder, cancellationToken);
        var findings = ApimGate.Check(source, environment.Rules).Findings;
        var errors = findings.Where(one => one.Severity == ApimSeverity.Error).ToList();
        if (errors.Count > 0)
            return Problem.Denied(Points.Of("the files are not fit to be deployed", Shown(errors)));
        if (source.ServiceName is { } other && !other.Equals(options.Service, StringComparison.OrdinalIgnoreCase))
            return Problem.Denied(
                $"{source.Overrides} is for the service '{other}' (apimServiceName), and the environment's is '{options.Service}'; name the right file in apis.overrides, or correct it"
            );
        return new JudgedSource(
            source,
            [.. findings.Where(one => one.Severity == ApimSeverity.Warning).Take(MostShown).Select(Line)]
        );
    }

    /// <summary>What is to be done, and what was made by hand beside it.</summary>
    public async Task<Result<ComparedService>> CompareAsync(
        ApimSource source,
        IReadOnlyList<ApimAddress> deployed,
        ArmSession session,
        CancellationToken cancellationToken
    )
    {
        var addresses = source.Resources.Select(resource => resource.Address).Concat(deployed);
        var live = await new LiveReading(client, session).ReadAsync(LiveScope.Of(addresses), cancellationToken);
        if (live.Failed(out var problem))
            return problem;
        var comparison = new ApimComparison(source.Resources, deployed, live.Value);
        var compared = comparison.Compare();
        if (compared.Failed(out problem))
            return problem;
        return new ComparedService(live.Value, compared.Value, [.. comparison.Strangers()]);
    }

    private static IEnumerable<string> Shown(List<ApimFinding> errors)
    {
        var shown = errors.Take(MostShown).Select(Line);
        return errors.Count <= MostShown
            ? shown
            : shown.Append(string.Create(CultureInfo.InvariantCulture, $"and {errors.Count - MostShown} more"));
    }

    private static string Line(ApimFinding finding) =>
        string.Create(CultureInfo.InvariantCulture, $"{finding.Path}:{finding.Line}: {finding.Text}");
}

/// <param name="Warnings">What the gate says and lets pass.</param>
internal sealed record JudgedSource(ApimSource Source, IReadOnlyList<string> Warnings);

/// <param name="Strangers">See <see cref="ApimComparison.Strangers"/>.</param>
internal sealed record ComparedService(LiveService Live, ApimChangeSet Changes, IReadOnlyList<ApimAddress> Strangers);
