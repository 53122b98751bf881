namespace Bascule.Simulators.Databricks.Wire;

/// <summary>
/// One operation's path with parts in braces. A part that follows its segment's text directly, as in
/// <c>/fs/files{file_path}</c>, takes all the rest of the path with its leading slash.
/// </summary>
internal sealed record RouteTemplate(string Operation, string Method, string[] Segments, string? Prefix, string? Rest)
{
    public static RouteTemplate Parse(string operation)
    {
        var (method, path) = (operation[..operation.IndexOf(' ')], operation[(operation.IndexOf(' ') + 1)..]);
        var brace = path.IndexOf('{');
        return path[brace - 1] == '/'
            ? new RouteTemplate(operation, method, path.Split('/'), null, null)
            : new RouteTemplate(operation, method, [], path[..brace], path[(brace + 1)..^1]);
    }

    public Dictionary<string, string>? Match(string method, string path)
    {
        if (method != Method)
            return null;
        if (Prefix is not null)
            return path.StartsWith(Prefix + "/", StringComparison.Ordinal)
                ? new() { [Rest!] = path[Prefix.Length..] }
                : null;
        var given = path.Split('/');
        return given.Length == Segments.Length ? Parts(given) : null;
    }

    private Dictionary<string, string>? Parts(string[] given)
    {
        var parts = new Dictionary<string, string>();
        foreach (var (segment, text) in Segments.Zip(given))
            if (segment.StartsWith('{') && text.Length > 0)
                parts[segment[1..^1]] = text;
            else if (segment != text)
                return null;
        return parts;
    }
}
