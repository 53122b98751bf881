using Bascule.Core;
using Bascule.Core.Lineage;
using Bascule.Core.People;
using Bascule.Server.Lineage;

namespace Bascule.Server.Console;

/// <summary>What was asked, and its lineage, or why there is none.</summary>
/// <param name="Of">As it was written; empty when nothing was asked.</param>
public sealed record LineageView(string Of, LineageGraph? Graph, Problem? Problem);

/// <summary>Reads what the page of a lineage shows.</summary>
internal sealed class LineageViews(LineageReading reading)
{
    public async Task<LineageView> ReadAsync(string? of, Actor actor, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(of))
            return new LineageView("", null, null);
        var graph = await reading.TraceAsync(of, actor, LineageTracer.DefaultLimit, cancellationToken);
        return graph.Failed(out var problem)
            ? new LineageView(of, null, problem)
            : new LineageView(of, graph.Value, null);
    }
}
