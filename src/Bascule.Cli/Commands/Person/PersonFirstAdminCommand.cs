using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Person;

/// <summary><c>bascule person first-admin</c>: the way in where roles name no administrator yet.</summary>
internal static class PersonFirstAdminCommand
{
    public static Command Create()
    {
        var command = new Command(
            "first-admin",
            "Prints a link that makes whoever signs in with it an administrator, once."
        );
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.AskFirstAdminAsync(cancellationToken),
                    ApiJson.Default.FirstAdminRecord,
                    made => $"Open this within {made.Minutes} minutes; it works once:\n{made.Address}"
                )
        );
        return command;
    }
}
