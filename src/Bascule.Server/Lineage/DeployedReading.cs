using Bascule.Core.Lineage;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Core.Workflows;
using Bascule.Server.Connections;

namespace Bascule.Server.Lineage;

/// <summary>What runs where.</summary>
/// <param name="Rows">By environment, repository and workflow.</param>
/// <param name="Empty">Environments in which nothing has succeeded yet, as far as whoever looks may see.</param>
/// <param name="IsCut">There is more than is looked for at once.</param>
public sealed record Deployed(IReadOnlyList<DeployedRow> Rows, IReadOnlyList<EnvironmentRule> Empty, bool IsCut);

/// <param name="By">Who brought the commit, best known first.</param>
/// <param name="Approvers">Who approved it; empty for nobody.</param>
/// <param name="WasLetGo">It went without its approvals.</param>
public sealed record DeployedRow(
    Run Run,
    IReadOnlyList<LineageNode> By,
    IReadOnlyList<LineageNode> Approvers,
    bool WasLetGo,
    IReadOnlyList<LineageNode> Products
);

/// <summary>Reads what runs where, as far as whoever asks may see it.</summary>
internal sealed class DeployedReading(LineageReading reading, LineageTracer tracer, EnvironmentConnections environments)
{
    public async Task<Deployed> ReadAsync(Actor actor, CancellationToken cancellationToken)
    {
        var reader = await reading.ReaderAsync(actor, cancellationToken);
        var (runs, graph) = await tracer.TraceDeployedAsync(reader, cancellationToken);
        var taken = runs.Select(run => run.Environment).ToHashSet();
        // Names of environments are for whoever may see everything: others see those in which something of theirs runs.
        var empty = reader.Within is null ? environments.All.Where(one => !taken.Contains(one.Name)) : [];
        return new Deployed(
            [.. runs.Select(run => Row(run, graph))],
            [.. empty.Select(one => one.Rule)],
            runs.Count == LineageTracer.MaxLimit
        );
    }

    private static DeployedRow Row(Run run, LineageGraph graph)
    {
        var id = LineageGraph.IdOf(run);
        var before = Before(graph, id);
        var approvals = before.Where(node => node.Kind == LineageKind.Approval).ToList();
        var given = approvals.Where(node => node.Noun == "approval");
        var commits = before.Where(node => node.Kind == LineageKind.Commit);
        return new DeployedRow(
            run,
            [.. commits.SelectMany(node => People(graph, node.Id)).OrderBy(node => node.Assurance)],
            [.. given.SelectMany(node => People(graph, node.Id)).DistinctBy(node => node.Id)],
            approvals.Exists(node => node.Noun != "approval"),
            Products(graph, id)
        );
    }

    private static List<LineageNode> Before(LineageGraph graph, string id) =>
        [.. graph.Into(id).Select(edge => graph.Find(edge.From))];

    private static IEnumerable<LineageNode> People(LineageGraph graph, string id) =>
        Before(graph, id).Where(node => node.Kind == LineageKind.Person);

    private static List<LineageNode> Products(LineageGraph graph, string id)
    {
        var after = graph.OutOf(id).Select(edge => graph.Find(edge.To)).ToList();
        var further = after
            .Where(node => node.Kind == LineageKind.PlatformRun)
            .SelectMany(node => graph.OutOf(node.Id))
            .Select(edge => graph.Find(edge.To));
        return [.. after.Concat(further).Where(node => node.Kind == LineageKind.Product)];
    }
}
