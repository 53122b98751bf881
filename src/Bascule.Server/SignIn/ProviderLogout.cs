using System.Text.Json;
using Bascule.Core;
using Bascule.Server.Api;
using Bascule.Server.Audit;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.SignIn;

/// <summary>Where providers post logout tokens (OpenID Connect Back-Channel Logout 1.0 sections 2.5 to 2.8).</summary>
internal static class ProviderLogout
{
    public const int MaxBody = 64 * 1024;

    public static async Task<IResult> TakeAsync(
        string provider,
        HttpContext context,
        ProviderLinks providers,
        SignOuts outs,
        RefusalCounter refusals
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        if (providers.Find(provider) is not { } known)
            return Results.NotFound();
        var ended = await EndAsync(context, known, outs);
        if (!ended.Failed(out var problem))
            return Results.Ok();
        refusals.CountSignIn(context, problem);
        // Section 2.8 knows one refusal, 400; what may work later is told apart for those that try again.
        var status = problem.IsTransient ? ProblemAnswer.StatusOf(problem.Code) : StatusCodes.Status400BadRequest;
        var body = new Dictionary<string, string>
        {
            ["error"] = "invalid_request",
            ["error_description"] = problem.Message,
        };
        return Results.Text(JsonSerializer.Serialize(body), "application/json", statusCode: status);
    }

    private static async Task<Result<Done>> EndAsync(
        HttpContext context,
        Configuration.SignInProvider provider,
        SignOuts outs
    )
    {
        var request = context.Request;
        if (!request.HasFormContentType)
            return Problem.Invalid("post logout_token in a form");
        try
        {
            var form = await request.ReadFormAsync(context.RequestAborted);
            return form["logout_token"] is [{ Length: > 0 } token]
                ? await outs.EndAsync(provider, new Secret(token), context.RequestAborted)
                : Problem.Invalid("post one logout_token");
        }
        catch (Exception broken) when (broken is BadHttpRequestException or InvalidDataException)
        {
            return Problem.Invalid("post a form of at most 64 KiB");
        }
    }
}
