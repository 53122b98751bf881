using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Installation;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Issuers;

/// <summary>Which issuers count, and the second person's word for a new one.</summary>
internal static class IssuerEndpoints
{
    public static void MapIssuers(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithMetadata(new Inside(IsPage: false));
        api.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        api.MapGet("/issuers", ListAsync).Asks(Act.ReadPeople);
        api.MapPost("/issuers/confirm", ConfirmAsync).Asks(Act.ConfirmIssuer);
    }

    private static async Task<IResult> ListAsync(IssuerTrust trust, CancellationToken cancellationToken)
    {
        var known = await trust.ListAsync(cancellationToken);
        return TypedResults.Json(
            new IssuerList([.. known.Select(one => Record(one.Issuer, one.IsConfigured))]),
            ApiJson.Default.IssuerList
        );
    }

    private static async Task<IResult> ConfirmAsync(
        string? issuer,
        HttpContext context,
        IssuerTrust trust,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrWhiteSpace(issuer))
            return new ProblemAnswer(Problem.Invalid("say which: issuer=URL, as `bascule issuer list` shows it"));
        var confirmed = await trust.ConfirmAsync(issuer, context.Actor(), cancellationToken);
        return confirmed.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(Record(confirmed.Value, isConfigured: true), ApiJson.Default.IssuerRecord);
    }

    private static IssuerRecord Record(BoundIssuer issuer, bool isConfigured) =>
        new(issuer.Url, isConfigured, issuer.FirstSeenAt, issuer.ConfirmedAt, issuer.ConfirmedBy);
}
