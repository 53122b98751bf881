using System.Text.Json.Serialization.Metadata;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Personal;

/// <summary>What is known of people: kept, or taken away.</summary>
internal static class PersonalEndpoints
{
    public static void MapPersonal(this IEndpointRouteBuilder api)
    {
        api.MapPost("/people/legal-hold", HoldAsync).Asks(Act.SetLegalHold);
        api.MapPost("/people/release", ReleaseAsync).Asks(Act.SetLegalHold);
        api.MapPost("/people/erase", EraseAsync).Asks(Act.EraseSubject);
    }

    private static async Task<IResult> HoldAsync(
        string? person,
        string? because,
        Erasure erasure,
        HttpContext context,
        CancellationToken cancellationToken
    ) =>
        Answer(
            await erasure.HoldAsync(person ?? "", because ?? "", context.Actor().AuditName, cancellationToken),
            ApiJson.Default.LegalHoldRecord
        );

    private static async Task<IResult> ReleaseAsync(
        string? person,
        string? because,
        Erasure erasure,
        HttpContext context,
        CancellationToken cancellationToken
    ) =>
        Answer(
            await erasure.ReleaseAsync(person ?? "", because ?? "", context.Actor().AuditName, cancellationToken),
            ApiJson.Default.LegalHoldRecord
        );

    private static async Task<IResult> EraseAsync(
        string? person,
        string? because,
        Erasure erasure,
        HttpContext context,
        CancellationToken cancellationToken
    ) =>
        Answer(
            await erasure.EraseAsync(person ?? "", because ?? "", context.Actor().AuditName, cancellationToken),
            ApiJson.Default.ErasedRecord
        );

    private static IResult Answer<T>(Result<T> result, JsonTypeInfo<T> type) =>
        result.Failed(out var problem) ? new ProblemAnswer(problem) : TypedResults.Json(result.Value, type);
}
