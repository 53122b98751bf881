using System.Globalization;
using Bascule.Core.Api;
using Bascule.Core.Deliveries;
using Bascule.Core.Text;
using Bascule.Core.Work;

namespace Bascule.Server.Api;

/// <summary>Deliveries and rows of work as the API shows them: what others wrote is cleaned (THREATS T76).</summary>
internal static class IntakeRecords
{
    private const int MaxLine = 500;

    public static DeliveryRecord Of(Delivery delivery, string? repository) =>
        new()
        {
            Uid = delivery.Uid,
            DeliveryId = Line(delivery.DeliveryId),
            Event = Line(delivery.EventName),
            Repository = Line(repository ?? delivery.Repository.ToString()),
            Standing = delivery.Standing,
            Outcome = delivery.Outcome is null ? null : Line(delivery.Outcome),
            ReceivedAt = delivery.ReceivedAt,
        };

    public static QuarantinedRecord Of(QuarantinedItem set) =>
        new(
            set.Item.Id.ToString(CultureInfo.InvariantCulture),
            Line(set.Item.Lane),
            set.Item.Kind,
            Line(set.Item.Subject),
            Line(set.Reason),
            set.At
        );

    private static string Line(string text) => PlainText.Line(text, MaxLine);
}
