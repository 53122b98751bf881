using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Account;

/// <summary><c>bascule account link</c>: prints a code to write as a comment; with <c>--proof</c> has that comment found.</summary>
internal static class AccountLinkCommand
{
    private static readonly Argument<string> Forge = new("forge") { Description = "A forge of the server's settings." };

    private static readonly Option<string?> Proof = new("--proof")
    {
        Description = "The address of the issue that you wrote the code on.",
        HelpName = "issue",
    };

    public static Command Create()
    {
        var command = new Command("link", "Links your account at a forge to you: by a code that you write there.")
        {
            Forge,
            Proof,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var forge = parsed.GetValue(Forge)!;
        return parsed.GetValue(Proof) is { } issue
            ? EventFeature.AskAsync(
                parsed,
                client => client.ProveAccountAsync(forge, issue, cancellationToken),
                ApiJson.Default.LinkedAccountRecord,
                AccountText.Linked
            )
            : EventFeature.AskAsync(
                parsed,
                client => client.MakeLinkCodeAsync(forge, cancellationToken),
                ApiJson.Default.LinkCodeRecord,
                AccountText.Code
            );
    }
}
