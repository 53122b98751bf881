using Bascule.Core.Exchange;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>git-lfs below a repository's address. Locks are not there, which clients take for an answer.</summary>
internal static class LfsEndpoints
{
    private const string Repository = GitAddress.Root + "{forge}/{owner}/{name}.git";
    private const string Object = Repository + LfsAddress.Objects + "{oid}/{size}";
    private const string Why = "the token says which repository, refs and verbs; it is looked up with each request";

    public static void MapLfs(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Repository + LfsAddress.Batch, AskAsync).IsForToken(Why);
        routes.MapGet(Object, ReadAsync).IsForToken(Why);
        routes.MapPut(Object, WriteAsync).IsForToken(Why);
    }

    private static Task AskAsync(HttpContext context)
    {
        var address = LfsDoor.TargetOf(context) is { } target ? LfsAddress.ParseBatch(target) : null;
        return HandleAsync(
            context,
            address,
            verb: null,
            admitted => Get<LfsDoor>(context).AnswerBatchAsync(context, admitted, address!.Repository)
        );
    }

    private static Task ReadAsync(HttpContext context)
    {
        var address = ObjectOf(context);
        return HandleAsync(
            context,
            address,
            GitVerb.Fetch,
            admitted => Get<LfsReads>(context).SendAsync(context, admitted, address!.Object!)
        );
    }

    private static Task WriteAsync(HttpContext context)
    {
        var address = ObjectOf(context);
        return HandleAsync(
            context,
            address,
            GitVerb.Push,
            admitted => Get<LfsWrites>(context).ReceiveAsync(context, admitted, address!.Object!)
        );
    }

    private static Task HandleAsync(
        HttpContext context,
        LfsAddress? address,
        GitVerb? verb,
        Func<AdmittedGit, Task> serve
    ) =>
        Get<GitGate>(context)
            .HandleAsync(context, () => Get<LfsDoor>(context).AdmitAsync(context, address, verb), serve);

    private static LfsAddress? ObjectOf(HttpContext context) =>
        LfsDoor.TargetOf(context) is { } target ? LfsAddress.ParseObject(target) : null;

    private static T Get<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
