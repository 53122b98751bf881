using System.Globalization;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Connections;

namespace Bascule.Server.Access;

/// <summary>What somebody may see: as a place to decide on, and as a limit that lists are read with (THREATS T59).</summary>
internal sealed class Sight(
    RoleRules roles,
    IRepositoryStore repositories,
    ForgeConnections forges,
    IPeopleStore people
)
{
    /// <summary>Null for all of them.</summary>
    public Task<IReadOnlyList<RunReach>?> RunsAsync(Actor actor, CancellationToken cancellationToken) =>
        RunsAsync(actor, Act.ReadRuns, cancellationToken);

    /// <summary>The runs to which a role lets somebody do this; null for all of them.</summary>
    public async Task<IReadOnlyList<RunReach>?> RunsAsync(Actor actor, Act act, CancellationToken cancellationToken)
    {
        if (roles.Decide(actor, act, Scope.Installation).IsAllowed)
            return null;
        var rules = roles.Of(actor, act).Select(held => held.Rule).ToList();
        var known = rules.Exists(rule => rule.Repositories is not null)
            ? await repositories.ListAsync(cancellationToken)
            : [];
        return
        [
            .. rules.Select(rule => new RunReach(
                rule.Repositories is null ? null : Keys(rule, known),
                rule.Environments is null ? null : [.. rule.Environments.Order(StringComparer.Ordinal)]
            )),
        ];
    }

    /// <summary>Whose deliveries; null for all. A delivery may lead to any environment, so a rule for some environments shows none.</summary>
    public async Task<IReadOnlyList<RepositoryKey>?> DeliveriesAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (roles.Decide(actor, Act.ReadDeliveries, Scope.Installation).IsAllowed)
            return null;
        var rules = roles
            .Of(actor, Act.ReadDeliveries)
            .Select(held => held.Rule)
            .Where(rule => rule is { Environments: null, Repositories: not null })
            .ToList();
        var known = rules.Count == 0 ? [] : await repositories.ListAsync(cancellationToken);
        return [.. rules.SelectMany(rule => Keys(rule, known)).Distinct()];
    }

    /// <summary>Whoever may see forges sees those that hold one of their repositories.</summary>
    public bool SeesForge(Actor actor, string forge) =>
        roles.Decide(actor, Act.ReadForges, Scope.Installation).IsAllowed
        || roles
            .Of(actor, Act.ReadForges)
            .Any(held => held.Rule.Repositories is null || held.Rule.Repositories.Any(one => one.Forge == forge));

    /// <param name="act">What is to be done to it: whose run it is matters to some acts only, and has to be looked up.</param>
    public async Task<Scope> OfAsync(Run run, Actor actor, Act act, CancellationToken cancellationToken) =>
        await OfAsync(run.Repository, cancellationToken) with
        {
            Environment = run.Environment,
            HasSucceeded = run.State == RunState.Succeeded,
            IsOwn = act == Act.CancelRun && await IsOwnAsync(run, actor, cancellationToken),
        };

    public async Task<Scope> OfAsync(RepositoryKey key, CancellationToken cancellationToken)
    {
        var repository = await repositories.FindAsync(key, cancellationToken);
        return repository is null || forges.Find(key.ForgeUid) is not { } forge
            ? Scope.Installation
            : new Scope { Forge = forge.Name, Repository = repository.FullName };
    }

    public Task<Scope> OfAsync(Delivery delivery, CancellationToken cancellationToken) =>
        OfAsync(delivery.Repository, cancellationToken);

    /// <summary>Work belongs to the repository that it was added for.</summary>
    public async Task<Scope> OfAsync(WorkItem item, CancellationToken cancellationToken) =>
        RepositoryOf(item) is { } key ? await OfAsync(key, cancellationToken) : Scope.Installation;

    /// <summary>Null for work that is nobody's in particular.</summary>
    public static RepositoryKey? RepositoryOf(WorkItem item) =>
        item.Share.LastIndexOf('/') is > 0 and var slash
        && long.TryParse(item.Share.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new RepositoryKey(item.Share[..slash], id)
            : null;

    private async Task<bool> IsOwnAsync(Run run, Actor actor, CancellationToken cancellationToken) =>
        run.By is { } by
        && await people.FindLinkAsync(run.Repository.ForgeUid, by.Id, cancellationToken) is { } link
        && link.PersonUid == actor.Uid;

    private List<RepositoryKey> Keys(
        RoleRule rule,
        IReadOnlyList<(RepositoryKey Key, ForgeRepository Repository)> known
    ) =>
        [
            .. known
                .Where(entry =>
                    forges.Find(entry.Key.ForgeUid) is { } forge
                    && rule.Repositories!.Any(pattern => pattern.IsMatch(forge.Name, entry.Repository.FullName))
                )
                .Select(entry => entry.Key),
        ];
}
