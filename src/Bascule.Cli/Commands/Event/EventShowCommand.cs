using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Event;

/// <summary><c>bascule event show</c>: one delivery or one row that was set aside, and what waits for it.</summary>
internal static class EventShowCommand
{
    public static Command Create() =>
        EventFeature.Command(
            "show",
            "Shows a delivery, or work that was set aside.",
            (parsed, id, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.GetEventAsync(id, cancellationToken),
                    ApiJson.Default.EventDetail,
                    EventText.Detail
                )
        );
}
