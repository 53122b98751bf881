using System.Diagnostics.CodeAnalysis;

namespace Bascule.Simulators.Databricks.Wire;

internal delegate ApiReply Handler(ApiRequest request);

/// <summary>The operations of the table and who answers them.</summary>
internal sealed class Routes(FieldTable table)
{
    private readonly Dictionary<string, Handler> _handlers = [];
    private List<RouteTemplate>? _templates;

    public void Map(string operation, Handler handler)
    {
        if (!table.Operations.ContainsKey(operation))
            throw new InvalidOperationException($"The field table has no operation '{operation}'.");
        _handlers.Add(operation, handler);
    }

    /// <summary>Called once when all are mapped: the table promises nothing that nobody answers.</summary>
    public void Seal()
    {
        var unanswered = table.Operations.Keys.Except(_handlers.Keys).ToList();
        if (unanswered.Count > 0)
            throw new InvalidOperationException($"Nobody answers {string.Join(", ", unanswered)}.");
        _templates = [.. _handlers.Keys.Where(k => k.Contains('{')).Select(RouteTemplate.Parse)];
    }

    public bool TryFind(string method, string path, [NotNullWhen(true)] out Route? route)
    {
        route = null;
        var exact = $"{method} {path}";
        if (_handlers.TryGetValue(exact, out var handler) && !exact.Contains('{'))
            route = new Route(exact, handler, []);
        else
            foreach (var template in _templates!)
                if (template.Match(method, path) is { } parts)
                {
                    route = new Route(template.Operation, _handlers[template.Operation], parts);
                    break;
                }
        return route is not null;
    }
}

internal sealed record Route(string Operation, Handler Handler, Dictionary<string, string> Parts);
