using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Account;

/// <summary><c>bascule account show</c>: who I am there, my roles, and which accounts at forges are mine.</summary>
internal static class AccountShowCommand
{
    public static Command Create()
    {
        var command = new Command("show", "Shows who you are there, your roles, and your linked accounts.");
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.GetAccountAsync(cancellationToken),
                    ApiJson.Default.AccountRecord,
                    AccountText.Show
                )
        );
        return command;
    }
}
