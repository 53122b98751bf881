using Bascule.Core.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Access;

/// <summary>What a route asks of who calls it. Every route has exactly one; with a route that has none the server does not start (THREATS T58).</summary>
public abstract record RouteRule;

/// <summary>Whoever calls it must be allowed this act.</summary>
public sealed record AsksFor(Act Act) : RouteRule
{
    /// <summary>What the <c>id</c> in its address names; null for a route without one.</summary>
    internal About? About { get; init; }
}

/// <summary>Anybody may call it.</summary>
/// <param name="Because">Why that is right.</param>
public sealed record OpenToAll(string Because) : RouteRule;

/// <summary>Whoever presents a token that opens what the address names: its handler looks that up, since no role does.</summary>
/// <param name="Because">Why that is right.</param>
public sealed record ForToken(string Because) : RouteRule;

/// <summary>Whoever is signed in as a person may call it, whatever their roles: it concerns nobody else. The local token is nobody's.</summary>
/// <param name="Because">Why no role is needed.</param>
public sealed record ForPerson(string Because) : RouteRule;

/// <summary>Marks a route whose address names a part of the installation itself, which is the same for everybody who may do its act at all.</summary>
/// <param name="Because">Why nobody's share of it could differ.</param>
public sealed record OfInstallation(string Because);

/// <summary>How routes are given their rule.</summary>
public static class RouteRules
{
    /// <summary>The parameter of every address that names one thing.</summary>
    public const string Id = "id";

    public static T Asks<T>(this T route, Act act)
        where T : IEndpointConventionBuilder => route.WithMetadata(new AsksFor(act));

    public static T IsOpen<T>(this T route, string because)
        where T : IEndpointConventionBuilder => route.WithMetadata(new OpenToAll(because));

    public static T IsForToken<T>(this T route, string because)
        where T : IEndpointConventionBuilder => route.WithMetadata(new ForToken(because));

    public static T IsForPerson<T>(this T route, string because)
        where T : IEndpointConventionBuilder => route.WithMetadata(new ForPerson(because));

    /// <summary>For a route with an <c>id</c>: to who may not see what it names it answers as if there were nothing (THREATS T59).</summary>
    internal static RouteHandlerBuilder Asks(this RouteHandlerBuilder route, Act act, About about) =>
        route
            .WithMetadata(new AsksFor(act) { About = about })
            .AddEndpointFilter(
                async (context, next) =>
                    context.HttpContext.Features.Get<Hidden>() is { } hidden
                        ? about.Missing(context.HttpContext, hidden.Id)
                        : await next(context)
            );
}

/// <summary>Noted on a request for something that is not there, or that its maker may not see: the same answer, from the same place.</summary>
internal sealed record Hidden(string Id);
