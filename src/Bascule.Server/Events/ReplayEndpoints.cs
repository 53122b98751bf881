using System.Globalization;
using Bascule.Core.Api;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Events;

/// <summary>One delivery or one row that was set aside: shown, and put back into the inbox.</summary>
internal static class ReplayEndpoints
{
    private const int MaxLine = 500;

    public static void MapReplay(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/events").WithMetadata(new Inside(IsPage: false));
        group.AddEndpointFilter<RouteGroupBuilder, FailureFilter>();
        var one = Things.Event((_, problem) => new ProblemAnswer(problem));
        group.MapGet("/{id}", ShowAsync).Asks(Act.ReadDeliveries, one);
        group.MapPost("/{id}/replay", ReplayAsync).Asks(Act.ReplayDelivery, one);
        group.MapPost("/{id}/dismiss", DismissAsync).Asks(Act.ReplayDelivery, one);
    }

    private static async Task<IResult> ReplayAsync(
        string id,
        EventReplay replay,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var replayed = await replay.ReplayAsync(id, context.Actor().AuditName, cancellationToken);
        return replayed.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                new ReplayedRecord(replayed.Value.Id, replayed.Value.Kind, Line(replayed.Value.Subject)),
                ApiJson.Default.ReplayedRecord,
                statusCode: StatusCodes.Status202Accepted
            );
    }

    private static async Task<IResult> DismissAsync(
        string id,
        string? reason,
        EventDismissal dismissal,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var dismissed = await dismissal.DismissAsync(id, reason ?? "", context.Actor().AuditName, cancellationToken);
        return dismissed.Failed(out var problem)
            ? new ProblemAnswer(problem)
            : TypedResults.Json(
                new ReplayedRecord(dismissed.Value.Id, dismissed.Value.Kind, Line(dismissed.Value.Subject)),
                ApiJson.Default.ReplayedRecord
            );
    }

    private static async Task<IResult> ShowAsync(
        string id,
        IDeliveryStore deliveries,
        IRepositoryStore repositories,
        IWorkStore work,
        CancellationToken cancellationToken
    )
    {
        var delivery = await deliveries.FindAsync(id, cancellationToken);
        var row = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? await work.FindQuarantinedAsync(number, cancellationToken)
            : null;
        if ((delivery?.Uid ?? row?.Item.Subject) is not { } subject)
            return new ProblemAnswer(Things.NoEvent(id));
        var aside = row is null ? await work.ReadQuarantinedAsync(subject, cancellationToken) : [row];
        var waiting = await work.ReadWaitingAsync(subject, cancellationToken);
        var known = delivery is null ? null : await repositories.FindAsync(delivery.Repository, cancellationToken);
        var detail = new EventDetail(
            delivery is null ? null : IntakeRecords.Of(delivery, known?.FullName),
            [.. aside.Select(IntakeRecords.Of)],
            [.. waiting.Select(item => new WaitingRecord(item.Kind, Line(item.Lane), item.Attempt, item.DueAt))]
        );
        return TypedResults.Json(detail, ApiJson.Default.EventDetail);
    }

    private static string Line(string text) => PlainText.Line(text, MaxLine);
}
