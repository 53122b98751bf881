using System.Globalization;
using System.Text;
using Bascule.Core.Api;
using Bascule.Core.Lineage;
using Bascule.Core.Text;

namespace Bascule.Cli.Features;

/// <summary>A lineage as two trees: what it comes from, and what became of it. Text of others has been cleaned by the server and is cleaned again here (THREATS T76).</summary>
internal static class TraceText
{
    private const int MaxTitle = 80;
    private const int MaxDetail = 160;

    public static string Of(TraceRecord trace)
    {
        var text = new StringBuilder();
        foreach (var id in trace.Asked)
        {
            var asked = Find(trace, id);
            text.AppendLine(Line(asked)).AppendLine(Known(asked, ""));
            Append(text, "comes from", trace, id, upstream: true);
            Append(text, "led to", trace, id, upstream: false);
            text.AppendLine();
        }
        foreach (var left in trace.Omitted)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"and {left.Count} {PlainText.Line(left.What, MaxDetail)}, which --limit leaves out"
            );
        return text.ToString().TrimEnd();
    }

    /// <summary>The shortest way back to somebody, on one line.</summary>
    public static string Chain(TraceRecord trace)
    {
        var at = Find(trace, trace.Asked[0]);
        var chain = Line(at);
        HashSet<string> seen = [at.Id];
        while (
            trace
                .Edges.Where(edge => edge.To == at.Id && seen.Add(edge.From))
                .OrderByDescending(edge => Find(trace, edge.From).Kind is LineageKind.Person or LineageKind.Commit)
                .FirstOrDefault()
                is { } edge
        )
        {
            at = Find(trace, edge.From);
            chain += $" <- {edge.Back} {at.Noun} {PlainText.Line(at.Title, MaxTitle)}";
        }
        return chain;
    }

    private static void Append(StringBuilder text, string title, TraceRecord trace, string id, bool upstream)
    {
        text.AppendLine().AppendLine(title);
        var before = text.Length;
        Append(text, trace, id, upstream, depth: 1, [id]);
        if (text.Length == before)
            text.AppendLine(upstream ? "  nothing that Bascule knows of" : "  nothing yet");
    }

    private static void Append(
        StringBuilder text,
        TraceRecord trace,
        string id,
        bool upstream,
        int depth,
        HashSet<string> seen
    )
    {
        foreach (var edge in trace.Edges.Where(edge => (upstream ? edge.To : edge.From) == id))
        {
            var next = Find(trace, upstream ? edge.From : edge.To);
            var indent = new string(' ', depth * 2);
            var isNew = seen.Add(next.Id);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{indent}{(upstream ? edge.Back : edge.Word)}: {Line(next)}{(isNew ? "" : ", as above")}"
            );
            if (!isNew)
                continue;
            text.AppendLine(Known(next, indent));
            Append(text, trace, next.Id, upstream, depth + 1, seen);
        }
    }

    private static string Line(TraceNode node)
    {
        var title = PlainText.Line(node.Title, MaxTitle);
        var named =
            node.Kind == LineageKind.Product && node.Question is { } question
                ? PlainText.Line(question, MaxDetail)
                : title;
        var detail = named == title && node.Detail.Length > 0 ? $" ({PlainText.Line(node.Detail, MaxDetail)})" : "";
        return $"{node.Noun} {named}{detail}";
    }

    private static string Known(TraceNode node, string indent)
    {
        var at = node.At is { } time
            ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss' UTC, '", CultureInfo.InvariantCulture)
            : "";
        var word = node.Assurance.ToString();
        return $"{indent}  {at}{char.ToLowerInvariant(word[0])}{word[1..]}: {PlainText.Line(node.KnownFrom, MaxDetail)}";
    }

    private static TraceNode Find(TraceRecord trace, string id) => trace.Nodes.First(node => node.Id == id);
}
