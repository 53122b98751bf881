using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Event;

/// <summary><c>bascule event replay</c>: puts it back into the inbox, once.</summary>
internal static class EventReplayCommand
{
    public static Command Create() =>
        EventFeature.Command(
            "replay",
            "Has a delivery looked at again, or does work again that was set aside.",
            (parsed, id, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ReplayEventAsync(id, cancellationToken),
                    ApiJson.Default.ReplayedRecord,
                    replayed => $"{replayed.Kind} {replayed.Subject} is in the inbox again"
                )
        );
}
