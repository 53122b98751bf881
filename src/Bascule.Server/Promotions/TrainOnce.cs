using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Promotions;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Core.Workflows;
using Bascule.Server.Connections;
using Bascule.Server.Deployments;
using Bascule.Server.Events;

namespace Bascule.Server.Promotions;

/// <summary>
/// Has a merge promote what a pull request's run has trained of the same content, where the environment says so, instead of training it again. Whatever stands
/// against that is written down, and the merge trains as ever.
/// </summary>
internal sealed class TrainOnce(
    IRunStore runs,
    IRepositoryStore repositories,
    IPromotionStore promotions,
    IDeploymentStore deployments,
    AttestedVersions attested,
    EnvironmentConnections environments,
    TimeProvider time
)
{
    /// <summary>Nobody asks for it: the settings do.</summary>
    private const string By = "bascule";

    private const string Step = "promote";
    private const int Newest = 50;

    /// <summary>The run as it is, or as a promotion; with what is said of it.</summary>
    /// <param name="run">As it was planned.</param>
    /// <param name="move">How its branch came to its commit.</param>
    public async Task<(Run Run, IReadOnlyList<Change> Told)> InsteadAsync(
        Run run,
        RefMove move,
        CancellationToken cancellationToken
    )
    {
        if (RuleOf(run) is not { } rule)
            return (run, []);
        var found = move == RefMove.Forward ? await FindAsync(run, rule, cancellationToken) : NotForward(run);
        if (found.Failed(out var why))
            return (run, [Tell(run.Id, $"{run.Environment} trains it: {why.Message}")]);
        var (order, now) = found.Value;
        var promoting = PlanRecord.Keep(run, PromotionPlan.Of(order, now, goesBack: false)) with { Promotes = order };
        return (
            promoting,
            [
                Tell(run.Id, order.InsteadWords),
                Tell(order.Producer!.Value, $"run {run.Id}, of the merge, is to promote {order.Words}"),
            ]
        );
    }

    /// <summary>Null for what is no push, or goes where everything is trained. A schedule trains again because the data is new.</summary>
    private EnvironmentRule? RuleOf(Run run) =>
        run is { State: RunState.Queued, PullRequest: null, Trigger.IsRef: true, Environment: { } name }
        && environments.Find(name)?.Rule is { TrainOnce.Count: > 0 } rule
            ? rule
            : null;

    /// <summary>Denied, with the reason of the newest pull request where there is any.</summary>
    private async Task<Result<Instead>> FindAsync(Run run, EnvironmentRule rule, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(run.Repository, Workflow: run.Workflow, Limit: Newest)
        {
            Content = run.Content,
            Within = [new RunReach([run.Repository], rule.TrainOnce)],
            WithoutPromotions = true,
            WithoutReproductions = true,
        };
        Problem? first = null;
        foreach (var producer in await runs.ListAsync(filter, cancellationToken))
        {
            if (producer.OnMerge || !await IsProposedHereAsync(producer, run, cancellationToken))
                continue;
            var judged = await JudgeAsync(producer, run, rule, cancellationToken);
            if (!judged.Failed(out var problem))
                return judged;
            first ??= problem;
        }
        return first
            ?? Problem.Denied(
                $"no pull request into {run.Ref.ShortName} has run this content in {string.Join(" or ", rule.TrainOnce)}"
            );
    }

    private async Task<Result<Instead>> JudgeAsync(
        Run producer,
        Run run,
        EnvironmentRule rule,
        CancellationToken cancellationToken
    )
    {
        if (producer.State != RunState.Succeeded)
            return Problem.Denied($"run {producer.Id} of its pull request did not succeed ({producer.State.Word()})");
        if (producer.Shortfall is { } shortfall)
            return Problem.Denied($"run {producer.Id} of its pull request was not good enough: {shortfall}");
        var models = await runs.ReadModelsAsync(producer.Id, cancellationToken);
        if (models is not [var made])
            return Problem.Denied(
                $"run {producer.Id} of its pull request produced {models.Count} versions of models, and one is what can take the place of a training"
            );
        var proven = await attested.ProveAsync(producer, made.Name, made.Version, cancellationToken);
        if (proven.Failed(out var unproven))
            return unproven;
        var place = new DeployPlace(run.Repository, rule.Name);
        if (await deployments.FindBlockAsync(place, producer.Commit, cancellationToken) is { } blocked)
            return DeployRefs.Refusal(blocked);
        var alias = new PromotionPlace(rule.Name, made.Name, rule.Promotes[0]);
        var history = new PromotionHistory(
            await promotions.ReadHistoryAsync(alias, PromotionHistory.Most, cancellationToken)
        );
        if (history.WhyLeft(made.Version) is { } left)
            return Problem.Denied($"version {made.Version} of {made.Name} was rolled back there ({left})");
        var order = new PromotionOrder(made.Name, made.Version, alias.Alias, (history.Now?.Generation ?? 0) + 1, By)
        {
            Producer = producer.Id,
        };
        return new Instead(order, history.Now);
    }

    /// <summary>As with approvals that go on to the merge (THREATS T105): of a pull request into this branch, as its head stands now.</summary>
    private async Task<bool> IsProposedHereAsync(Run producer, Run run, CancellationToken cancellationToken) =>
        producer.PullRequest is { } number
        && await repositories.FindPullRequestAsync(producer.Repository, number, cancellationToken)
            is { FromFork: false, State: not PullRequestState.Closed } pullRequest
        && pullRequest.Base == run.Ref
        && pullRequest.Head == producer.Commit;

    private static Result<Instead> NotForward(Run run) =>
        Problem.Denied($"{run.Ref.ShortName} did not go forward, so no merge brought it");

    private AddTimeline Tell(RunId run, string text) => new(run, new TimelineEntry(time.GetUtcNow(), Step, text));

    /// <param name="Now">Where Bascule left the alias; null when it never moved it.</param>
    private sealed record Instead(PromotionOrder Order, Promotion? Now);
}
