using System.Globalization;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Text;
using Bascule.Core.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Api;

/// <summary>What came in, and what work was set aside.</summary>
internal static class IntakeRecordEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;
    private const int MaxLine = 500;

    public static void MapIntakeRecords(this IEndpointRouteBuilder api)
    {
        api.MapGet("/deliveries", ListDeliveriesAsync);
        api.MapGet("/quarantined", ListQuarantinedAsync);
    }

    private static async Task<IResult> ListDeliveriesAsync(
        string? limit,
        IDeliveryStore deliveries,
        IRepositoryStore repositories,
        CancellationToken cancellationToken
    )
    {
        if (ReadLimit(limit, out var count) is { } problem)
            return new ProblemAnswer(problem);
        var names = (await repositories.ListAsync(cancellationToken)).ToDictionary(
            known => known.Key,
            known => known.Repository.FullName
        );
        var newest = await deliveries.ListAsync(count, cancellationToken);
        var list = new DeliveryList([.. newest.Select(delivery => Record(delivery, names))]);
        return TypedResults.Json(list, ApiJson.Default.DeliveryList);
    }

    private static async Task<IResult> ListQuarantinedAsync(
        string? limit,
        IWorkStore work,
        CancellationToken cancellationToken
    )
    {
        if (ReadLimit(limit, out var count) is { } problem)
            return new ProblemAnswer(problem);
        var items = await work.ReadQuarantinedAsync(count, cancellationToken);
        return TypedResults.Json(new QuarantinedList([.. items.Select(Record)]), ApiJson.Default.QuarantinedList);
    }

    private static DeliveryRecord Record(Delivery delivery, Dictionary<RepositoryKey, string> names) =>
        new()
        {
            Uid = delivery.Uid,
            DeliveryId = Line(delivery.DeliveryId),
            Event = Line(delivery.EventName),
            Repository = Line(names.GetValueOrDefault(delivery.Repository) ?? delivery.Repository.ToString()),
            Standing = delivery.Standing,
            Outcome = delivery.Outcome is null ? null : Line(delivery.Outcome),
            ReceivedAt = delivery.ReceivedAt,
        };

    private static QuarantinedRecord Record(QuarantinedItem set) =>
        new(
            set.Item.Id.ToString(CultureInfo.InvariantCulture),
            Line(set.Item.Lane),
            set.Item.Kind,
            Line(set.Item.Subject),
            Line(set.Reason),
            set.At
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

    private static string Line(string text) => PlainText.Line(text, MaxLine);
}
