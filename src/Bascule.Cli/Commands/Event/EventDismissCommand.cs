using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Event;

/// <summary><c>bascule event dismiss</c>: takes work that was set aside off the list, with the reason.</summary>
internal static class EventDismissCommand
{
    private static readonly Option<string> Reason = new("--reason")
    {
        Description = "Why nobody has to do it any more; it goes into the audit log.",
        Required = true,
    };

    public static Command Create()
    {
        var command = EventFeature.Command(
            "dismiss",
            "Takes work that was set aside off the list for good.",
            (parsed, id, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.DismissEventAsync(id, parsed.GetValue(Reason)!, cancellationToken),
                    ApiJson.Default.ReplayedRecord,
                    dismissed => $"{dismissed.Kind} {dismissed.Subject} is off the list"
                )
        );
        command.Options.Add(Reason);
        return command;
    }
}
