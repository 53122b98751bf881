using Bascule.Core.Api;
using Bascule.Core.Lineage;
using Bascule.Core.Text;

namespace Bascule.Server.Lineage;

/// <summary>Turns a lineage into what the API shows; what others wrote is cleaned here (THREATS T113).</summary>
internal static class TraceRecordWriter
{
    private const int MaxLine = 500;

    public static TraceRecord Of(LineageGraph graph) =>
        new(
            [.. graph.Asked.Select(Line)],
            [.. graph.Nodes.Select(Of)],
            [.. graph.Edges.Select(edge => new TraceEdge(Line(edge.From), Line(edge.To), edge.Word, edge.Back))],
            [.. graph.Omitted.Select(one => new TraceOmission(Line(one.What), one.Count))]
        );

    private static TraceNode Of(LineageNode node) =>
        new()
        {
            Id = Line(node.Id),
            Kind = node.Kind,
            Noun = node.Noun,
            Title = Line(node.Title),
            Detail = Line(node.Detail),
            KnownFrom = Line(node.KnownFrom),
            Assurance = node.Assurance,
            At = node.At,
            Question = node.Question is null ? null : Line(node.Question),
            Run = node.Run?.Text,
            Page = WebAddress.Of(node.Page),
        };

    private static string Line(string text) => PlainText.Line(text, MaxLine);
}
