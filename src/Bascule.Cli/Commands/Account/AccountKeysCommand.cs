using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Account;

/// <summary><c>bascule account keys</c>: which keys my accounts show, and which of them I have confirmed.</summary>
internal static class AccountKeysCommand
{
    public static Command Create()
    {
        var command = new Command("keys", "Lists the keys of your linked accounts, and which you have confirmed.");
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ListKeysAsync(cancellationToken),
                    ApiJson.Default.AccountKeyList,
                    KeyText.List
                )
        );
        return command;
    }
}
