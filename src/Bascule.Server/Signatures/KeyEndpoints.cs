using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Signatures;

/// <summary>The keys of whoever is signed in.</summary>
internal static class KeyEndpoints
{
    private const int MaxBody = 300 * 1024;
    private const string Own = "it shows and changes what is their own";

    public static void MapSignatures(this IEndpointRouteBuilder endpoints)
    {
        var own = endpoints
            .MapGroup("/api/v1/account")
            .WithMetadata(new Inside(IsPage: false), new RequestSizeLimitAttribute(MaxBody))
            .IsForPerson(Own);
        own.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        own.MapGet("/keys", ListAsync);
        own.MapPost("/keys/confirm", ConfirmAsync);
        own.MapPost("/keys/forget", ForgetAsync);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context,
        OwnKeys keys,
        CancellationToken cancellationToken
    ) => Shown(await keys.ListAsync(context.Actor(), cancellationToken));

    private static Task<IResult> ConfirmAsync(HttpContext context, OwnKeys keys, CancellationToken cancellationToken) =>
        ActAsync(
            context,
            act => keys.ConfirmAsync(context.Actor(), act.Fingerprint, act.Key, cancellationToken),
            cancellationToken
        );

    private static Task<IResult> ForgetAsync(HttpContext context, OwnKeys keys, CancellationToken cancellationToken) =>
        ActAsync(
            context,
            act => keys.ForgetAsync(context.Actor(), act.Fingerprint, cancellationToken),
            cancellationToken
        );

    private static async Task<IResult> ActAsync(
        HttpContext context,
        Func<KeyAct, Task<Result<AccountKeyList>>> act,
        CancellationToken cancellationToken
    )
    {
        var read = await ReadAsync(context.Request, cancellationToken);
        if (read.Failed(out var malformed))
            return new ProblemAnswer(malformed);
        var done = await act(read.Value);
        return done.Failed(out var problem) ? new ProblemAnswer(problem) : Shown(done.Value);
    }

    private static async Task<Result<KeyAct>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var act = await JsonSerializer.DeserializeAsync(request.Body, ApiJson.Default.KeyAct, cancellationToken);
            return act is not null ? act : Malformed();
        }
        catch (Exception problem) when (problem is JsonException or BadHttpRequestException)
        {
            return Malformed();
        }
    }

    private static Problem Malformed() =>
        Problem.Invalid("the body is not understood; send {\"fingerprint\": \"SHA256:…\"}");

    private static JsonHttpResult<AccountKeyList> Shown(AccountKeyList list) =>
        TypedResults.Json(list, ApiJson.Default.AccountKeyList);
}
