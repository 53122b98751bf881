using Bascule.Core.Runs;

namespace Bascule.Core.Lineage;

/// <summary>Where things come from and what became of them.</summary>
/// <param name="Asked">The nodes that were asked about.</param>
/// <param name="Nodes">In the order in which they were found; each once.</param>
public sealed record LineageGraph(
    IReadOnlyList<string> Asked,
    IReadOnlyList<LineageNode> Nodes,
    IReadOnlyList<LineageEdge> Edges,
    IReadOnlyList<LineageOmission> Omitted
)
{
    /// <summary>The node of a run.</summary>
    public static string IdOf(Run run) => $"run:{run.Id}";

    public LineageNode Find(string id) => Nodes.First(node => node.Id == id);

    /// <summary>What led to it, directly.</summary>
    public IEnumerable<LineageEdge> Into(string id) => Edges.Where(edge => edge.To == id);

    /// <summary>What it led to, directly.</summary>
    public IEnumerable<LineageEdge> OutOf(string id) => Edges.Where(edge => edge.From == id);
}
