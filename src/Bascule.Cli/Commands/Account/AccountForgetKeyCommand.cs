using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Account;

/// <summary><c>bascule account forget-key</c>: nothing that is signed with the key is proven any more.</summary>
internal static class AccountForgetKeyCommand
{
    private static readonly Argument<string> Fingerprint = new("fingerprint")
    {
        Description = "The key's, as `bascule account keys` shows it.",
    };

    public static Command Create()
    {
        var command = new Command("forget-key", "Lets nothing that is signed with the key count as proven.")
        {
            Fingerprint,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ForgetKeyAsync(parsed.GetValue(Fingerprint)!, cancellationToken),
                    ApiJson.Default.AccountKeyList,
                    KeyText.List
                )
        );
        return command;
    }
}
