using System.Globalization;
using System.Text;
using Bascule.Core.Api;
using Bascule.Core.Text;

namespace Bascule.Cli.Features;

/// <summary>Deliveries and work that was set aside, as people read them in a terminal (THREATS T76).</summary>
internal static class EventText
{
    public static string List(DeliveryList list) =>
        list.Deliveries.Count == 0
            ? "No deliveries. Push to a connected repository, or see: bascule doctor"
            : string.Join('\n', list.Deliveries.Select(Line));

    public static string List(QuarantinedList list) =>
        list.Quarantined.Count == 0 ? "Nothing was set aside." : string.Join('\n', list.Quarantined.Select(Line));

    public static string Detail(EventDetail detail)
    {
        var text = new StringBuilder();
        if (detail.Delivery is { } delivery)
            text.AppendLine(CultureInfo.InvariantCulture, $"delivery     {delivery.Uid}")
                .AppendLine(
                    CultureInfo.InvariantCulture,
                    $"event        {Clean(delivery.Event)} in {Clean(delivery.Repository)}"
                )
                .AppendLine(CultureInfo.InvariantCulture, $"forge's id   {Clean(delivery.DeliveryId)}")
                .AppendLine(CultureInfo.InvariantCulture, $"received     {Time(delivery.ReceivedAt)}, {Word(delivery)}")
                .AppendLine(CultureInfo.InvariantCulture, $"outcome      {Outcome(delivery)}");
        foreach (var set in detail.Quarantined)
            text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"set aside    {set.Id}, {Time(set.At)}: {Clean(set.Kind)} {Clean(set.Subject)}"
                )
                .AppendLine(CultureInfo.InvariantCulture, $"reason       {Clean(set.Reason)}");
        foreach (var row in detail.Waiting)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"waiting      {Clean(row.Kind)}, tried {row.Attempt} times, due {Time(row.DueAt)}"
            );
        return text.ToString().TrimEnd();
    }

    private static string Line(DeliveryRecord delivery) =>
        $"{delivery.Uid}  {Time(delivery.ReceivedAt)}  {Word(delivery), -13}  {Clean(delivery.Event)}  {Clean(delivery.Repository)}  {Outcome(delivery)}";

    private static string Line(QuarantinedRecord set) =>
        $"{set.Id, -8}  {Time(set.At)}  {Clean(set.Kind), -19}  {Clean(set.Subject)}  {Clean(set.Reason)}";

    private static string Outcome(DeliveryRecord delivery) =>
        delivery.Outcome is { } outcome ? Clean(outcome) : "waiting to be looked at";

    private static string Word(DeliveryRecord delivery) => delivery.Standing.ToString().ToLowerInvariant();

    private static string Clean(string text) => PlainText.Line(text, 500);

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
