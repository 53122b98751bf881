using System.Net;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Reports;

/// <summary>
/// What the links in comments and statuses lead to on the public listener while nobody can sign in. Then the page itself is on the local listener: somebody on
/// this machine is sent there, everybody else is told the command, and nobody learns here whether the run exists.
/// </summary>
internal static class RunPageEndpoints
{
    public static void MapRunPages(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet(RunLinks.Route, (string id, IServer server, HttpContext context) => Answer(id, server, context))
            .IsOpen("says where the page is, and nothing about the run")
            .WithOrder(1); // the console's own page comes first where both fit

    private static IResult Answer(string id, IServer server, HttpContext context)
    {
        if (!RunId.IsWellFormed(id))
            return Results.NotFound();
        // By the name that was asked for, not by where the request came from: behind a proxy on this machine everybody comes from here.
        if (IPAddress.TryParse(context.Request.Host.Host, out var address) && IPAddress.IsLoopback(address))
            return Results.Redirect($"{server.Features.Get<IServerAddressesFeature>()!.Addresses.Last()}/runs/{id}");
        return Results.Text(
            $"Run {id}: its page is on Bascule's own machine until people can sign in.\n\n    bascule run show {id}\n"
        );
    }
}
