using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.GitProxy.Raw;

/// <summary>Single files below <c>/raw/</c>, for those who cannot speak git.</summary>
internal static class RawEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapRawFiles(this IEndpointRouteBuilder routes)
    {
        routes
            .MapMethods(RawAddress.Root + "{forge}/{owner}/{name}/{**file}", Methods, ReadAsync)
            .IsForToken("the token says which repository and refs; it is looked up with each request");
        routes
            .Map(RawAddress.Root + "{**rest}", context => Gate(context).RefuseAsync(context, RawAnswer.NotHere))
            .IsOpen("nothing is there, for anybody");
    }

    private static Task ReadAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var address = RawDoor.AddressOf(context);
        return Gate(context)
            .HandleAsync(
                context,
                () => services.GetRequiredService<RawDoor>().AdmitAsync(context, address),
                admitted => services.GetRequiredService<RawFiles>().ServeAsync(context, admitted, address!)
            );
    }

    private static GitGate Gate(HttpContext context) => context.RequestServices.GetRequiredService<GitGate>();
}
