using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Credentials;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Credentials;

/// <summary>What Bascule shows the forges: a list without secrets, and two acts. A secret comes in the body and goes nowhere but into the seal.</summary>
internal static class CredentialEndpoints
{
    private const int MaxBody = 8 * 1024;

    public static void MapCredentials(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        api.MapGet("/credentials", ListAsync).Asks(Act.ReadCredentials);
        api.MapPost("/credentials/seal", SealAsync)
            .Asks(Act.ChangeCredential)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBody));
        api.MapPost("/credentials/rotate", RotateAsync).Asks(Act.ChangeCredential);
    }

    private static async Task<IResult> ListAsync(CredentialReader reader, CancellationToken cancellationToken) =>
        TypedResults.Json(await reader.ListAsync(cancellationToken), ApiJson.Default.CredentialList);

    private static async Task<IResult> SealAsync(
        string? forge,
        HttpContext context,
        CredentialActs acts,
        CredentialReader reader,
        CancellationToken cancellationToken
    ) =>
        await ReadAsync(context.Request, cancellationToken) is not { } act
            ? new ProblemAnswer(Problem.Invalid("send {\"secret\": …}, and \"account\" where it is a password"))
            : Answer(
                await acts.SealAsync(
                    forge ?? "",
                    act.Account,
                    new Secret(act.Secret),
                    context.Actor(),
                    cancellationToken
                ),
                reader
            );

    private static async Task<IResult> RotateAsync(
        string? forge,
        HttpContext context,
        CredentialActs acts,
        CredentialReader reader,
        CancellationToken cancellationToken
    ) => Answer(await acts.AskAsync(forge ?? "", context.Actor(), cancellationToken), reader);

    private static IResult Answer(Result<StoredCredential> done, CredentialReader reader) =>
        done.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(reader.Write(done.Value), ApiJson.Default.CredentialRecord);

    private static async Task<SealAct?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return
                await JsonSerializer.DeserializeAsync(request.Body, ApiJson.Default.SealAct, cancellationToken)
                    is { Secret: not null } act
                ? act
                : null;
        }
        catch (Exception malformed) when (malformed is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }
}
