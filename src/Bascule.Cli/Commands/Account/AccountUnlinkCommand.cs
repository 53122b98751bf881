using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Account;

/// <summary><c>bascule account unlink</c>: ends a link of one's own, or for an administrator somebody else's.</summary>
internal static class AccountUnlinkCommand
{
    private static readonly Argument<string> Forge = new("forge")
    {
        Description = "A forge of the server's settings, or the uid of one that they have no more.",
    };

    private static readonly Option<string?> Number = new("--account")
    {
        Description = "Which, by its number, where there are several.",
        HelpName = "number",
    };

    private static readonly Option<string?> Person = new("--person")
    {
        Description = "Whose, as `bascule person list` shows them; for administrators.",
        HelpName = "person",
    };

    public static Command Create()
    {
        var command = new Command("unlink", "Ends the link of an account at a forge.") { Forge, Number, Person };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client =>
                        client.UnlinkAccountAsync(
                            parsed.GetValue(Forge)!,
                            parsed.GetValue(Number),
                            parsed.GetValue(Person),
                            cancellationToken
                        ),
                    ApiJson.Default.LinkedAccountRecord,
                    AccountText.Unlinked
                )
        );
        return command;
    }
}
