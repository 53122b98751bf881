using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Token;

/// <summary><c>bascule token revoke</c>: ends one token for git within a second, on every replica.</summary>
internal static class TokenRevokeCommand
{
    private static readonly Argument<string> Uid = new("token")
    {
        Description = "Which: its name as `bascule token list` shows it, t-…; never the token itself.",
    };

    public static Command Create()
    {
        var command = new Command("revoke", "Ends a token for git: within a second, on every replica.") { Uid };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.RevokeTokenAsync(parsed.GetValue(Uid)!, cancellationToken),
                    ApiJson.Default.GitTokenRecord,
                    TokenText.Revoked
                )
        );
        return command;
    }
}
