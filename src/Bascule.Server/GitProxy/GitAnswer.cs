using System.Globalization;
using Bascule.Core;
using Bascule.Server.Api;
using Bascule.Server.GitProxy.Lfs;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>How git and the person before it are told no: git prints the text of a plain answer as <c>remote: …</c>.</summary>
internal static class GitAnswer
{
    /// <summary>What is answered for anything that is not there, or not for this token to see.</summary>
    public static readonly Problem NotHere = Problem.NotFound(
        "no such repository here, or not for this token; the address is URL/git/FORGE/OWNER/NAME.git, spelled as at the forge, under its name of today"
    );

    /// <summary>For one holder only: nobody on the way may keep it for another (THREATS T96).</summary>
    public static void KeepPrivate(HttpResponse response) => response.Headers.CacheControl = "no-store, private";

    /// <summary>Ends the connection where a body was not read. Where the answer has begun there is nothing left to say: it is cut.</summary>
    public static Task RefuseAsync(HttpContext context, Problem problem)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        response.Clear();
        KeepPrivate(response);
        response.StatusCode = ProblemAnswer.StatusOf(problem.Code);
        if (problem.Code == ProblemCode.Unauthenticated)
            response.Headers.WWWAuthenticate = "Basic realm=\"Bascule\"";
        if (problem.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (!HttpMethods.IsGet(context.Request.Method) && context.Request.Protocol == HttpProtocol.Http11)
            response.Headers.Connection = "close";
        response.Headers.XContentTypeOptions = "nosniff";
        if (LfsAnswer.IsAsked(context.Request))
        {
            response.ContentType = LfsAnswer.MediaType;
            return response.WriteAsync(LfsAnswer.Message(problem), context.RequestAborted);
        }
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(problem.Message + "\n", context.RequestAborted);
    }
}
