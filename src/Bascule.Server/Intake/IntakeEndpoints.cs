using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Intake;

/// <summary>Where forges deliver: <c>POST /hooks/{uid}</c>. Verify, store, answer; nothing else happens in the request.</summary>
internal static class IntakeEndpoints
{
    public static string PathOf(string webhookUid) => $"/hooks/{webhookUid}";

    public static void MapIntake(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost(PathOf("{uid}"), (RequestDelegate)(context => HandleAsync(context)))
            .IsOpen("a delivery proves itself by its signature");

    private static async Task HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var receiver = (Receiver)services.GetService(typeof(Receiver))!;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null; // BodyReader keeps our own limit and answers in words
        var uid = (string)context.Request.RouteValues["uid"]!;
        var received = await receiver.ReceiveAsync(uid, context.Request, context.RequestAborted);
        await (received.Failed(out var problem) ? RefuseAsync(context, problem) : AcceptAsync(context, received.Value));
    }

    private static async Task AcceptAsync(HttpContext context, Receipt receipt)
    {
        var answer = new JsonObject
        {
            ["delivery"] = receipt.Uid,
            ["standing"] = receipt.Standing.ToString().ToLowerInvariant(),
        };
        if (receipt.Ignored is { } because)
            answer["ignored"] = because;
        var body = Encoding.UTF8.GetBytes(answer.ToJsonString());
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>A stranger gets the code and a short text; the operator finds the rest in the log and the audit.</summary>
    private static Task RefuseAsync(HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Code switch
        {
            ProblemCode.Invalid => StatusCodes.Status400BadRequest,
            ProblemCode.Unauthenticated => StatusCodes.Status401Unauthorized,
            ProblemCode.Denied => StatusCodes.Status403Forbidden,
            ProblemCode.NotFound => StatusCodes.Status404NotFound,
            ProblemCode.Limited => StatusCodes.Status413PayloadTooLarge,
            ProblemCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
        // What is left of the body is not read: the connection ends instead.
        context.Response.Headers.Connection = "close";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(problem.Message + "\n", context.RequestAborted);
    }
}
