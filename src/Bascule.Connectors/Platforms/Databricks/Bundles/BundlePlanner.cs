using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Platforms;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>Plans of bundles. Where no environment is asked for, the files are read and nobody is called.</summary>
/// <param name="looking">Null when the connection has no CLI.</param>
/// <param name="planner">Calls as the principal of plans; null when there is no CLI.</param>
internal sealed class BundlePlanner(
    DatabricksOptions options,
    BundleLooking? looking,
    DatabricksClient? planner,
    TreeSearches searches
)
{
    /// <summary>What nobody can do who has no CLI.</summary>
    public Problem NoCli =>
        Problem.Denied(
            $"{options.Subject} has no Databricks CLI, which bundles need: an operator installs it on Bascule's host and names it with cli: /usr/local/bin/databricks"
        );

    public async Task<Result<PlatformPlan>> PlanAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        var task = (DatabricksTask)request.Task;
        var environment = (DatabricksEnvironment?)request.Environment;
        if (environment is not null && Refusal(request, task.Bundle!, environment) is { } refusal)
            return refusal;
        var names = DatabricksPlan.NamesOf(request);
        if (names.Failed(out var problem))
            return problem;
        var read = await BundleReading.ReadAsync(request.Tree, task.Bundle!, options.Workspace, cancellationToken);
        if (read.Failed(out problem))
            return problem;
        var outputs = environment?.NotebookOutputs ?? default;
        var sent = await SentTree.OfAsync(request.Tree, request.Tree.Entries, outputs, searches, cancellationToken);
        if (sent.Failed(out problem))
            return problem;
        var plan = new BundlePlan(read.Value, read.Value.RootPath, Changes: null)
        {
            Sent = sent.Value,
            Model = names.Value.Model,
            Experiment = names.Value.Experiment,
        };
        if (environment is not null && request.Access is { } access)
        {
            var caller = new BundleCaller(options.Planner!, planner!, access.Identity, access.Audit);
            var looked = await looking!.TakeAsync(sent.Value.Tree, task.Bundle!.Target, caller, cancellationToken);
            if (looked.Failed(out problem))
                return problem;
            using var look = looked.Value;
            plan = plan with { RootPath = look.Resolved.RootPath, Changes = look.Changes };
        }
        if (plan.Taken(options, request) is { } taken)
            return taken;
        var warnings = await WarningsAsync(request.Tree, plan, cancellationToken);
        return plan.ToPlan(options, request, warnings);
    }

    private Problem? Refusal(PlanRequest request, BundleTask bundle, DatabricksEnvironment environment)
    {
        if (looking is null)
            return NoCli;
        return environment.Bundles.Contains(bundle.Target)
            ? null
            : Problem.Denied(
                $"environment '{request.EnvironmentName}' does not let workflows deploy target '{bundle.Target}'; an operator adds it with bundles: [{bundle.Target}]"
            );
    }

    private async Task<List<string>> WarningsAsync(
        IContentTree tree,
        BundlePlan plan,
        CancellationToken cancellationToken
    )
    {
        var warnings = new List<string>();
        foreach (var entry in tree.Entries)
            if (await searches.Pointers.ReasonToLeaveAsync(entry, tree, cancellationToken) is { } reason)
                warnings.Add($"{entry.Path} {reason}");
        foreach (var change in plan.Changes?.Real.Where(change => change.IsDestructive) ?? [])
            warnings.Add($"{change.Key} is deleted{(change.Action == "recreate" ? " and made anew" : "")}");
        return warnings;
    }
}
