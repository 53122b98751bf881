using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Event;

/// <summary><c>bascule event list</c>: what came in, or what was set aside; newest first.</summary>
internal static class EventListCommand
{
    private static readonly Option<bool> Quarantined = new("--quarantined")
    {
        Description = "Work that was set aside, reports that never reached their forge too.",
    };

    private static readonly Option<int> Count = new("--limit")
    {
        Description = "How many, at most 500.",
        DefaultValueFactory = _ => 50,
    };

    private static readonly Option<string?> Before = new("--before")
    {
        Description = "A delivery, or the number of work that was set aside: show the page after it.",
    };

    public static Command Create()
    {
        var command = new Command("list", "Lists deliveries and what became of them, newest first.")
        {
            Quarantined,
            Count,
            Before,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                parsed.GetValue(Quarantined)
                    ? EventFeature.AskAsync(
                        parsed,
                        client =>
                            client.ListQuarantinedAsync(
                                parsed.GetValue(Count),
                                parsed.GetValue(Before),
                                cancellationToken
                            ),
                        ApiJson.Default.QuarantinedList,
                        EventText.List
                    )
                    : EventFeature.AskAsync(
                        parsed,
                        client =>
                            client.ListDeliveriesAsync(
                                parsed.GetValue(Count),
                                parsed.GetValue(Before),
                                cancellationToken
                            ),
                        ApiJson.Default.DeliveryList,
                        EventText.List
                    )
        );
        return command;
    }
}
