using System.Text;
using Bascule.Simulators.Forges.Api;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Forges.Git;

internal sealed partial class SmartHttp
{
    /// <summary>Who may do what with git, in the order in which each forge asks. Null: the answer is written.</summary>
    private async Task<(ForgeRepository Repository, ForgeUser? User)?> AdmitAsync(
        HttpContext context,
        string owner,
        string name,
        bool isPull
    )
    {
        if (engine.World.FindUser(owner) is null)
        {
            await RefuseAsync(context, 404, "Not found.\n");
            return null;
        }

        var repository = engine.World.FindRepository(owner, name);
        if (repository is null && engine.IsGogs)
        {
            await RefuseAsync(context, 404, "");
            return null;
        }

        if (repository is { IsPrivate: false } && isPull)
        {
            return (repository, credentials.ForGit(context.Request));
        }

        var user = credentials.ForGit(context.Request);
        if (user is null)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\".\"";
            context.Response.Headers.XContentTypeOptions = engine.IsGogs ? default : "nosniff";
            await RefuseAsync(context, 401, "Unauthorized\n");
            return null;
        }

        if (repository is null)
        {
            await RefuseAsync(context, 404, "Repository not found");
            return null;
        }

        var permission = engine.World.PermissionOf(user, repository);
        if (permission >= (isPull || !engine.IsGogs ? ForgeAccess.Read : ForgeAccess.Write))
        {
            return (repository, user);
        }

        if (engine.IsGogs)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\".\"";
        }

        await RefuseAsync(context, 403, "User permission denied");
        return null;
    }

    /// <summary>Gitea answers plain text; Gogs an empty 401, a worded 403 and an HTML page for 404.</summary>
    private async Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        if (!engine.IsGogs)
        {
            await WriteAsync(context, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
        }
        else if (status == 404)
        {
            context.Response.ContentType = "text/html; charset=UTF-8";
            await context.Response.WriteAsync(ApiCall.GogsNotFoundPage, context.RequestAborted);
        }
        else
        {
            await WriteAsync(context, "text/plain", Encoding.UTF8.GetBytes(status == 401 ? "" : text));
        }
    }

    private static void NoCache(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache, max-age=0, must-revalidate";
        context.Response.Headers.Expires = "Fri, 01 Jan 1980 00:00:00 GMT";
        context.Response.Headers.Pragma = "no-cache";
    }

    private static async Task WriteAsync(HttpContext context, string contentType, byte[] body)
    {
        context.Response.ContentType = contentType;
        context.Response.Headers.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
