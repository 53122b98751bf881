using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Issuer;

/// <summary><c>bascule issuer list</c>: whose word about people counts, and whose waits for a second person.</summary>
internal static class IssuerListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "Lists the issuers that the settings ever named, and who confirmed them.");
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ListIssuersAsync(cancellationToken),
                    ApiJson.Default.IssuerList,
                    PeopleText.Issuers
                )
        );
        return command;
    }
}
