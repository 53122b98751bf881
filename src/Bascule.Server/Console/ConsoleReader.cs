using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Provenance;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Bascule.Server.Connections;
using Bascule.Server.Runs.Reproducing;

namespace Bascule.Server.Console;

/// <summary>Reads what a page shows. Nothing here changes anything.</summary>
internal sealed class ConsoleReader(
    IRunStore runs,
    IRepositoryStore repositories,
    IDeliveryStore deliveries,
    SetAsideWork setAside,
    Sight sight,
    RunComparisons comparisons,
    ApprovalsReader approvals,
    IAttestationStore attestations,
    EnvironmentConnections environments,
    RoleRules roles,
    TimeProvider time
)
{
    private const int MaxDeliveries = 100;

    public async Task<Result<RunsView>> ReadRunsAsync(RunQuery query, Actor actor, CancellationToken cancellationToken)
    {
        var within = await sight.RunsAsync(actor, cancellationToken);
        var filter = await query.ToFilterAsync(repositories, within, cancellationToken);
        if (filter.Failed(out var problem))
            return problem;
        var page = await runs.ListAsync(filter.Value, cancellationToken);
        var rows = new List<RunRow>(page.Count);
        foreach (var run in page)
            rows.Add(new RunRow(run, run.IsFinal ? await runs.ReadModelsAsync(run.Id, cancellationToken) : []));
        var known = (await repositories.ListAsync(cancellationToken))
            .Where(entry => within is null || within.Any(reach => reach.Holds(entry.Key)))
            .Select(entry => new KnownRepository(entry.Key, entry.Repository.FullName))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal);
        var next = page.Count == filter.Value.Limit ? page[^1].Id.Text : null;
        return new RunsView(query, rows, [.. known], next, time.GetUtcNow());
    }

    public async Task<RunView?> ReadRunAsync(RunId id, Actor actor, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(id, cancellationToken) is not { } run)
            return null;
        var acts = RunActs.Of(roles, actor, await sight.OfAsync(run, actor, Act.CancelRun, cancellationToken));
        return new RunView(
            run,
            await runs.ReadTimelineAsync(id, cancellationToken),
            await comparisons.CompareAsync(run, await sight.RunsAsync(actor, cancellationToken), cancellationToken),
            await runs.ReadModelsAsync(id, cancellationToken),
            await runs.ReadLogAsync(id, cancellationToken),
            time.GetUtcNow()
        )
        {
            Acts = acts,
            Reproducible = ReadReproducible(run),
            Approval = await approvals.ReadAsync(run, actor, acts, cancellationToken),
            Statements = await attestations.ListAsync(id, cancellationToken),
        };
    }

    public async Task<DeliveriesView> ReadDeliveriesAsync(Actor actor, CancellationToken cancellationToken)
    {
        var names = (await repositories.ListAsync(cancellationToken)).ToDictionary(
            known => known.Key,
            known => known.Repository.FullName
        );
        var newest = await deliveries.ListAsync(
            MaxDeliveries,
            before: null,
            await sight.DeliveriesAsync(actor, cancellationToken),
            cancellationToken
        );
        return new DeliveriesView(
            [.. newest.Select(one => (one, names.GetValueOrDefault(one.Repository) ?? one.Repository.ToString()))],
            await setAside.ReadAsync(actor, MaxDeliveries, before: null, cancellationToken)
        );
    }

    private Reproducible? ReadReproducible(Run run)
    {
        var told = Reproducible.Of(run, environments);
        return told.Problem is null ? told.Value : null;
    }
}
