using Bascule.Server.Api;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Access;

/// <summary>Looks at every route before the first request: a forgotten rule is found here and not by somebody else (THREATS T58, T59).</summary>
internal static class RouteCheck
{
    /// <summary>What is wrong with them; nothing when all is well.</summary>
    public static IReadOnlyList<string> Judge(IEnumerable<RouteEndpoint> routes) =>
        [.. routes.Select(Judge).OfType<string>()];

    /// <exception cref="InvalidOperationException">A route has no rule, or several, or does not say what its id names.</exception>
    public static void Require(IEnumerable<EndpointDataSource> sources)
    {
        var faults = Judge(sources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>());
        if (faults.Count > 0)
            throw new InvalidOperationException(string.Join(Environment.NewLine, faults));
    }

    private static string? Judge(RouteEndpoint route)
    {
        var rules = route.Metadata.GetOrderedMetadata<RouteRule>();
        if (rules.Count != 1)
            return $"route {route.DisplayName} has {rules.Count} rules; give it one: Asks(act), or IsOpen(because)";
        var isInside = route.Metadata.GetMetadata<Inside>() is not null;
        if (rules[0] is ForPerson)
            return isInside ? null : $"route {route.DisplayName} is for who is signed in; mark it Inside";
        if (rules[0] is not AsksFor asks)
            return null;
        if (!isInside && route.Metadata.GetMetadata<LocalOnly>() is null)
            return $"route {route.DisplayName} asks for an act and answers to the world under every name; mark it Inside or LocalOnly";
        if (route.Metadata.GetMetadata<OfInstallation>() is not null)
            return asks.About is null
                ? null
                : $"route {route.DisplayName} is both of one thing and of the whole installation; keep one";
        var named = route.RoutePattern.Parameters.Where(parameter => !parameter.IsCatchAll).ToList();
        return named.Count == 0 || (named is [{ Name: RouteRules.Id }] && asks.About is not null)
            ? null
            : $"route {route.DisplayName} names something in its address; call that id, and say what it is with Asks(act, about)";
    }
}
