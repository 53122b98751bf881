using Bascule.Core.Lineage;

namespace Bascule.Server.Console;

/// <summary>
/// A lineage as a drawing: layers from left to right, what belongs together side by side. An edge over several layers goes through a point in each of them, so
/// that no line runs behind a box.
/// </summary>
public sealed class LineageLayout
{
    public const double BoxHeight = 86;
    private const double Width = 1180;
    private const double Gap = 68;
    private const double WidestBox = 220;
    private const double NarrowestBox = 140;
    private const double BetweenBoxes = 18;
    private const double PointHeight = 10;
    private const double Margin = 6;
    private const int Sweeps = 8;
    private const double LabelAbove = 4;
    private readonly List<List<Place>> _layers;

    private LineageLayout(List<List<Place>> layers) => _layers = layers;

    public double BoxWidth { get; private init; }
    public double TotalWidth { get; private init; }
    public double TotalHeight { get; private set; }
    public IReadOnlyList<(LineageNode Node, double X, double Y)> Boxes { get; private set; } = [];
    public IReadOnlyList<DrawnEdge> Edges { get; private set; } = [];
    public IReadOnlyList<DrawnLabel> Labels { get; private set; } = [];

    public static LineageLayout Of(LineageGraph graph)
    {
        var layerOf = Layers(graph);
        var count = layerOf.Values.DefaultIfEmpty(0).Max() + 1;
        var box = Math.Clamp((Width - 2 * Margin - (count - 1) * Gap) / count, NarrowestBox, WidestBox);
        var layers = Enumerable.Range(0, count).Select(_ => new List<Place>()).ToList();
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
            layers[layerOf[node.Id]].Add(places[node.Id] = new Place(node, BoxHeight));
        var chains = graph.Edges.Select(edge => (edge, Chain(edge, layerOf, layers, places))).ToList();
        var layout = new LineageLayout(layers)
        {
            BoxWidth = box,
            TotalWidth = count * box + (count - 1) * Gap + 2 * Margin,
        };
        layout.Arrange();
        layout.Draw(chains);
        return layout;
    }

    /// <summary>By kind alone, so that a platform's own things need no rule of their own. People stand right before what they did; layers without anything are left out.</summary>
    private static Dictionary<string, int> Layers(LineageGraph graph)
    {
        var layers = graph.Nodes.ToDictionary(node => node.Id, node => LayerOf(node.Kind), StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(node => node.Kind == LineageKind.Person))
            layers[node.Id] = graph.OutOf(node.Id).Select(edge => layers[edge.To] - 1).DefaultIfEmpty(0).Min();
        var used = layers.Values.Distinct().Order().ToList();
        return layers.ToDictionary(entry => entry.Key, entry => used.IndexOf(entry.Value), StringComparer.Ordinal);
    }

    private static int LayerOf(LineageKind kind) =>
        kind switch
        {
            LineageKind.Commit => 1,
            LineageKind.Approval => 2,
            LineageKind.Run => 3,
            LineageKind.PlatformRun or LineageKind.Environment => 4,
            LineageKind.Product => 5,
            _ => 0,
        };

    private static List<Place> Chain(
        LineageEdge edge,
        Dictionary<string, int> layerOf,
        List<List<Place>> layers,
        Dictionary<string, Place> places
    )
    {
        List<Place> chain = [places[edge.From]];
        for (var layer = layerOf[edge.From] + 1; layer < layerOf[edge.To]; layer++)
        {
            var point = new Place(null, PointHeight);
            layers[layer].Add(point);
            chain.Add(point);
        }
        chain.Add(places[edge.To]);
        foreach (var (one, next) in chain.Zip(chain.Skip(1)))
        {
            one.Neighbours.Add(next);
            next.Neighbours.Add(one);
        }
        return chain;
    }

    private void Arrange()
    {
        foreach (var layer in _layers)
            Stack(layer);
        for (var sweep = 0; sweep < Sweeps; sweep++)
            foreach (var layer in sweep % 2 == 0 ? _layers : Enumerable.Reverse(_layers))
            {
                foreach (var place in layer)
                    place.Wish =
                        place.Neighbours.Count == 0 ? place.Middle : place.Neighbours.Average(other => other.Middle);
                var sorted = layer.OrderBy(place => place.Wish).ToList(); // stable: what is even keeps its order
                layer.Clear();
                layer.AddRange(sorted);
                Settle(layer);
            }
        var top = _layers.SelectMany(layer => layer).Min(place => place.Top);
        foreach (var place in _layers.SelectMany(layer => layer))
            place.Top += Margin - top;
        TotalHeight = _layers.SelectMany(layer => layer).Max(place => place.Top + place.Height) + Margin;
    }

    private static void Stack(List<Place> layer)
    {
        var top = 0.0;
        foreach (var place in layer)
        {
            place.Top = top;
            top += place.Height + BetweenBoxes;
        }
    }

    /// <summary>Each as near to its wish as the others let it; the whole layer then moves to where it is least far off.</summary>
    private static void Settle(List<Place> layer)
    {
        var free = double.NegativeInfinity;
        foreach (var place in layer)
        {
            place.Top = Math.Max(place.Wish - place.Height / 2, free);
            free = place.Top + place.Height + BetweenBoxes;
        }
        var off = layer.Count == 0 ? 0 : layer.Average(place => place.Wish - place.Middle);
        foreach (var place in layer)
            place.Top += off;
    }

    private void Draw(List<(LineageEdge Edge, List<Place> Chain)> chains)
    {
        for (var i = 0; i < _layers.Count; i++)
            foreach (var place in _layers[i])
                place.Left = Margin + i * (BoxWidth + Gap);
        Boxes = [.. _layers.SelectMany(layer => layer).Where(place => place.Node is not null).Select(Box)];
        Edges = [.. chains.Select(entry => new DrawnEdge(entry.Edge, Path(entry.Chain)))];
        Labels = PlaceLabels(chains);
    }

    /// <summary>Where lines have parted: before what they lead to when they come from one box, behind what they come from when they lead to one. None upon another.</summary>
    private List<DrawnLabel> PlaceLabels(List<(LineageEdge Edge, List<Place> Chain)> chains)
    {
        const double Apart = 12;
        var from = chains.CountBy(entry => entry.Edge.From).ToDictionary();
        var to = chains.CountBy(entry => entry.Edge.To).ToDictionary();
        var wished = chains
            .Select(entry => LabelOf(entry.Edge.Word, entry.Chain, from[entry.Edge.From] > to[entry.Edge.To]))
            .OrderBy(label => label.X)
            .ThenBy(label => label.Y);
        var placed = new List<DrawnLabel>();
        foreach (var label in wished)
        {
            var near = placed.LastOrDefault(other => Math.Abs(other.X - label.X) < Gap && other.Y > label.Y - Apart);
            if (near is null)
                placed.Add(label);
            else if (near.Word != label.Word)
                placed.Add(label with { Y = near.Y + Apart });
        }
        return placed;
    }

    private static (LineageNode Node, double X, double Y) Box(Place place) => (place.Node!, place.Left, place.Top);

    private DrawnLabel LabelOf(string word, List<Place> chain, bool atItsEnd)
    {
        var (from, to) = atItsEnd ? (chain[^2], chain[^1]) : (chain[0], chain[1]);
        var along = atItsEnd ? 0.62 : 0.38;
        var rise = 3 * along * along - 2 * along * along * along; // as far as the curve has come there
        return new DrawnLabel(
            word,
            from.Left + BoxWidth + Gap / 2,
            from.Middle + (to.Middle - from.Middle) * rise - LabelAbove
        );
    }

    private string Path(List<Place> chain)
    {
        var path = $"M{At(chain[0].Left + BoxWidth, chain[0].Middle)}";
        for (var i = 1; i < chain.Count; i++)
        {
            var (from, to) = (chain[i - 1], chain[i]);
            var (start, end) = (from.Left + BoxWidth, to.Left);
            var middle = (start + end) / 2;
            path += $"C{At(middle, from.Middle)} {At(middle, to.Middle)} {At(end, to.Middle)}";
            if (to.Node is null)
                path += $"H{Show.Coordinate(to.Left + BoxWidth)}";
        }
        return path;
    }

    private static string At(double x, double y) => $"{Show.Coordinate(x)},{Show.Coordinate(y)}";

    /// <param name="node">Null for a point that an edge goes through.</param>
    private sealed class Place(LineageNode? node, double height)
    {
        public LineageNode? Node => node;
        public double Height => height;
        public double Left { get; set; }
        public double Top { get; set; }
        public double Wish { get; set; }
        public double Middle => Top + Height / 2;
        public List<Place> Neighbours { get; } = [];
    }
}

/// <param name="Path">As SVG has it.</param>
public sealed record DrawnEdge(LineageEdge Edge, string Path);

/// <param name="X">Of its middle.</param>
public sealed record DrawnLabel(string Word, double X, double Y);
