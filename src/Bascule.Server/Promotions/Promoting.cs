using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Platforms;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Approvals;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Deployments;
using Bascule.Server.Events;
using Bascule.Server.Identity;
using Bascule.Server.Runs;

namespace Bascule.Server.Promotions;

/// <summary>What somebody wants promoted.</summary>
/// <param name="Model">The full name.</param>
/// <param name="Alias">The alias or stage.</param>
/// <param name="By">Who asks, as the audit log names them.</param>
internal sealed record PromotionWish(string Model, string Version, string Alias, string By, string? Because);

/// <summary>Takes a wish to promote a version, and makes a run of it. What no attested run produced, or was not good enough, goes nowhere.</summary>
internal sealed class Promoting(
    IRunStore runs,
    IPromotionStore promotions,
    IDeploymentStore deployments,
    AttestedVersions attested,
    PromotionDrafts drafts,
    ApprovalOpening approvals,
    RepositoryLookup lookup,
    ForgeConnections forges,
    EnvironmentConnections environments,
    RunIdentities identities,
    AuditTrail audit
)
{
    /// <summary>
    /// The run that promotes; it waits where the environment asks for approvals. Denied for what may not be promoted, Conflict when the alias leads there already.
    /// </summary>
    /// <param name="producer">The run that is said to have produced the version.</param>
    public async Task<Result<Run>> AskAsync(Run producer, PromotionWish wish, CancellationToken cancellationToken)
    {
        var place = new PromotionPlace(producer.Environment ?? "", wish.Model, wish.Alias);
        var found = FindEnvironment(producer, place);
        if (found.Failed(out var refusal))
            return refusal;
        if (await FindFaultAsync(producer, wish, cancellationToken) is { } fault)
            return fault;
        var history = new PromotionHistory(
            await promotions.ReadHistoryAsync(place, PromotionHistory.Most, cancellationToken)
        );
        if (history.WhyLeft(wish.Version) is { } left)
            return Problem.Denied(
                $"version {wish.Version} of {wish.Model} was rolled back in environment '{place.Environment}' ({left}); promote another one"
            );
        var order = new PromotionOrder(
            wish.Model,
            wish.Version,
            wish.Alias,
            (history.Now?.Generation ?? 0) + 1,
            wish.By
        )
        {
            Producer = producer.Id,
            Because = wish.Because,
        };
        var (draft, isKnown) = await drafts.DraftAsync(producer, order, history.Now, taken: null, cancellationToken);
        if (isKnown)
            return draft;
        if (history.Now?.Version == wish.Version)
        {
            var there = await IsThereAsync(draft, found.Value, cancellationToken);
            if (there.Failed(out var unread))
                return unread;
            if (there.Value)
                return Problem.Conflict(
                    $"{place} leads to version {wish.Version} already, since run {history.Now.Run}; nothing was done"
                );
        }
        return await OpenAsync(draft, cancellationToken);
    }

    private async Task<Result<Run>> OpenAsync(Run draft, CancellationToken cancellationToken)
    {
        var repository = await lookup.OpenAsync(draft.Repository, cancellationToken);
        if (repository.Failed(out var unopened))
            return unopened;
        var opened = await approvals.OpenAsync(draft, move: null, repository.Value.Mirror, root: "", cancellationToken);
        if (opened.Failed(out var unasked))
            return unasked;
        var run = opened.Value.Run;
        Change[] changes =
        [
            .. drafts.Record(run, $"promotes {run.Promotes!.Words}, which run {run.Promotes.Producer} produced"),
            new AddTimeline(
                run.Promotes.Producer!.Value,
                new TimelineEntry(run.CreatedAt, "promote", $"run {run.Id} is to promote {run.Promotes.Words}")
            ),
            .. run.State == RunState.Queued ? [RunWork.Start(run, run.CreatedAt)] : Array.Empty<Change>(),
            .. opened.Value.Changes,
        ];
        return await drafts.StoreAsync(run, changes, cancellationToken);
    }

    /// <summary>Who may run there may have changed since the run, and so may what is promoted there.</summary>
    private Result<EnvironmentConnection> FindEnvironment(Run producer, PromotionPlace place)
    {
        if (environments.Find(place.Environment) is not { } environment)
            return Problem.Denied(
                producer.Environment is null
                    ? $"run {producer.Id} was only a plan, and produced nothing"
                    : $"environment '{place.Environment}' is not in bascule.yaml any more"
            );
        if (environment.Platform is not IPromotesModels)
            return Problem.Invalid(
                $"environment '{place.Environment}' leads to platform '{environment.Platform.Name}', on which no model is promoted"
            );
        if (!environment.Rule.Promotes.Contains(place.Alias))
            return PromotionGate.Unlisted(place);
        return IsTaken(producer, environment)
            ? environment
            : Problem.Denied(
                $"environment '{place.Environment}' does not take {producer.Ref.ShortName} of {producer.RepositoryName} any more; nothing of it is promoted there"
            );
    }

    private bool IsTaken(Run producer, EnvironmentConnection environment)
    {
        if (forges.Find(producer.Repository.ForgeUid) is not { } forge)
            return false;
        return producer.PullRequest is null
            ? environment.Rule.TakesPush(forge.Name, producer.RepositoryName, producer.Ref)
            : environment.Rule.PullRequests
                && environment.Rule.Repositories.Any(one => one.IsMatch(forge.Name, producer.RepositoryName));
    }

    /// <summary>Null when the run has produced the version, was good enough, and nobody went back from its commit.</summary>
    private async Task<Problem?> FindFaultAsync(Run producer, PromotionWish wish, CancellationToken cancellationToken)
    {
        var models = await runs.ReadModelsAsync(producer.Id, cancellationToken);
        if (!models.Any(model => model.Name == wish.Model && model.Version == wish.Version))
            return Problem.Denied(
                $"run {producer.Id} did not produce version {wish.Version} of {wish.Model}; only what a run of Bascule produced is promoted"
            );
        if (producer.Reproduces is { } original)
            return Problem.Denied(
                $"run {producer.Id} reproduced run {original}: what it registered is evidence and not promoted; promote the version of run {original}"
            );
        if (producer.State != RunState.Succeeded)
            return Problem.Denied(
                $"run {producer.Id} did not succeed ({producer.State.Word()}); what it left behind is not promoted"
            );
        if (producer.Shortfall is { } shortfall)
            return Problem.Denied(
                $"run {producer.Id} was not good enough: {shortfall}; train a better one, or change report.require of the workflow"
            );
        var proven = await attested.ProveAsync(producer, wish.Model, wish.Version, cancellationToken);
        if (proven.Failed(out var unproven))
            return unproven;
        var place = new DeployPlace(producer.Repository, producer.Environment!);
        return await deployments.FindBlockAsync(place, producer.Commit, cancellationToken) is { } blocked
            ? DeployRefs.Refusal(blocked)
            : null;
    }

    /// <summary>Asked of the platform: somebody may have moved the alias by hand, and promoting again is how it comes back.</summary>
    private async Task<Result<bool>> IsThereAsync(
        Run draft,
        EnvironmentConnection environment,
        CancellationToken cancellationToken
    )
    {
        var links = new Dictionary<string, string>
        {
            ["run"] = draft.Id.Text,
            ["repository"] = draft.Repository.ToString(),
        };
        var order = draft.Promotes!;
        var call = new PromotionCall(
            order.Model,
            order.Alias,
            environment.Name,
            environment.Settings,
            identities.For(draft, environment),
            new CallAudit(audit, links)
        );
        var now = await ((IPromotesModels)environment.Platform).ReadAsync(call, cancellationToken);
        return now.Failed(out var unread) ? unread : now.Value == order.Version;
    }
}
