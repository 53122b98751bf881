using System.Globalization;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Text;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Api;

/// <summary>What came in, and what work was set aside.</summary>
internal static class IntakeRecordEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    public static void MapIntakeRecords(this IEndpointRouteBuilder api)
    {
        api.MapGet("/deliveries", ListDeliveriesAsync).Asks(Act.ReadDeliveries);
        api.MapGet("/quarantined", ListQuarantinedAsync).Asks(Act.ReadDeliveries);
    }

    private static async Task<IResult> ListDeliveriesAsync(
        string? limit,
        string? before,
        IDeliveryStore deliveries,
        IRepositoryStore repositories,
        Sight sight,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (ReadLimit(limit, out var count) is { } problem)
            return new ProblemAnswer(problem);
        var within = await sight.DeliveriesAsync(context.Actor(), cancellationToken);
        if (!string.IsNullOrEmpty(before))
        {
            var page = await deliveries.FindAsync(before, cancellationToken);
            if (page is null || within?.Contains(page.Repository) == false)
                return Gone("delivery", before);
        }
        var names = (await repositories.ListAsync(cancellationToken)).ToDictionary(
            known => known.Key,
            known => known.Repository.FullName
        );
        var newest = await deliveries.ListAsync(
            count,
            string.IsNullOrEmpty(before) ? null : before,
            within,
            cancellationToken
        );
        var list = new DeliveryList([
            .. newest.Select(delivery => IntakeRecords.Of(delivery, names.GetValueOrDefault(delivery.Repository))),
        ]);
        return TypedResults.Json(list, ApiJson.Default.DeliveryList);
    }

    private static async Task<IResult> ListQuarantinedAsync(
        string? limit,
        string? before,
        SetAsideWork work,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (ReadLimit(limit, out var count) is { } problem)
            return new ProblemAnswer(problem);
        long? page = null;
        if (!string.IsNullOrEmpty(before))
        {
            if (
                !long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || await work.FindAsync(context.Actor(), id, cancellationToken) is null
            )
                return Gone("row set aside", before);
            page = id;
        }
        var items = await work.ReadAsync(context.Actor(), count, page, cancellationToken);
        return TypedResults.Json(
            new QuarantinedList([.. items.Select(IntakeRecords.Of)]),
            ApiJson.Default.QuarantinedList
        );
    }

    /// <summary>Put back, dismissed or forgotten since the page before was read.</summary>
    private static ProblemAnswer Gone(string what, string id) =>
        new(
            Problem.NotFound(
                $"before: there is no {what} called '{PlainText.Line(id, 60)}' any more; list again from the newest"
            )
        );

    private static Problem? ReadLimit(string? text, out int limit)
    {
        limit = DefaultLimit;
        var valid =
            string.IsNullOrEmpty(text)
            || (
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                && limit is > 0 and <= MaxLimit
            );
        return valid ? null : Problem.Invalid($"limit is not understood; write a number from 1 to {MaxLimit}");
    }
}
