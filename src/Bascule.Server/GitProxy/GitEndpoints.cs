using Bascule.Core.Exchange;
using Bascule.Server.Access;
using Bascule.Server.GitProxy.Following;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.GitProxy;

/// <summary>Git's smart HTTP below <c>/git/</c>, and where a deploy ref stands; nothing else there: no old protocol of plain files, no wiki, no second spelling.</summary>
internal static class GitEndpoints
{
    private const string Repository = GitAddress.Root + "{forge}/{owner}/{name}.git";
    private const string Why = "the token says which repository, refs and verbs; it is looked up with each request";
    private static readonly GitService ListForFetch = new(GitVerb.Fetch, IsAdvertisement: true);
    private static readonly GitService ListForPush = new(GitVerb.Push, IsAdvertisement: true);
    private static readonly GitService Fetch = new(GitVerb.Fetch, IsAdvertisement: false);
    private static readonly GitService Push = new(GitVerb.Push, IsAdvertisement: false);

    public static void MapGitProxy(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Repository + ListForFetch.Tail, ListAsync).IsForToken(Why);
        routes.MapPost(Repository + Fetch.Tail, context => Gate(context).HandleAsync(context, Fetch)).IsForToken(Why);
        routes.MapPost(Repository + Push.Tail, context => Gate(context).HandleAsync(context, Push)).IsForToken(Why);
        routes.MapGet(Repository + DeployWait.Question.Tail, WaitAsync).IsForToken(Why);
        routes
            .Map(GitAddress.Root + "{**rest}", context => Gate(context).RefuseAsync(context))
            .IsOpen("nothing is there, for anybody");
    }

    /// <summary>One path serves both verbs, so that here the query must name one: exactly, or there is nothing.</summary>
    private static Task ListAsync(HttpContext context)
    {
        var isPush = context.Request.QueryString.Value == ListForPush.Query;
        return Gate(context).HandleAsync(context, isPush ? ListForPush : ListForFetch);
    }

    private static Task WaitAsync(HttpContext context)
    {
        var wait = context.RequestServices.GetRequiredService<DeployWait>();
        return Gate(context).HandleAsync(context, DeployWait.Question, asked => wait.ServeAsync(context, asked));
    }

    private static GitGate Gate(HttpContext context) => context.RequestServices.GetRequiredService<GitGate>();
}
