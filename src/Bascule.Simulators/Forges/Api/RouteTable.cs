using System.Text.RegularExpressions;

namespace Bascule.Simulators.Forges.Api;

/// <summary>Methods and path patterns in order; {name} is one segment, {*name} is the rest.</summary>
internal sealed class RouteTable
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);
    private readonly List<(string Method, Regex Path, Func<ApiCall, Task> Handler)> _routes = [];

    public void Add(string method, string pattern, Func<ApiCall, Task> handler)
    {
        var rest = Regex.Replace(
            pattern,
            @"\{\*(?<name>\w+)\}",
            "(?<${name}>.+)",
            RegexOptions.ExplicitCapture,
            MatchLimit
        );
        rest = rest.Replace("{number}", @"(?<number>\d+)", StringComparison.Ordinal);
        var path = Regex.Replace(
            rest,
            @"\{(?<name>\w+)\}",
            "(?<${name}>[^/]+)",
            RegexOptions.ExplicitCapture,
            MatchLimit
        );
        _routes.Add((method, new Regex($"^/api/v1{path}$", RegexOptions.CultureInvariant, MatchLimit), handler));
    }

    public (Func<ApiCall, Task> Handler, IReadOnlyDictionary<string, string> Values)? Find(string method, string path)
    {
        foreach (var route in _routes.Where(r => r.Method == method))
        {
            var match = route.Path.Match(path);
            if (match.Success)
            {
                var values = match
                    .Groups.Values.Where(g => !char.IsDigit(g.Name[0]))
                    .ToDictionary(g => g.Name, g => g.Value, StringComparer.Ordinal);
                return (route.Handler, values);
            }
        }

        return null;
    }
}
