using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Token;

/// <summary><c>bascule token list</c>: the tokens for git that are good now.</summary>
internal static class TokenListCommand
{
    public static Command Create()
    {
        var command = new Command(
            "list",
            "Lists the tokens for git that are good now: who holds them, for what, until when."
        );
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ListTokensAsync(cancellationToken),
                    ApiJson.Default.GitTokenList,
                    TokenText.List
                )
        );
        return command;
    }
}
