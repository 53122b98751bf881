using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Credential;

/// <summary><c>bascule credential seal</c>: a forge's credential from standard input into the database.</summary>
internal static class CredentialSealCommand
{
    private const int MaxLength = 4096;

    private static readonly Argument<string> Forge = new("forge") { Description = "Its name in the settings." };

    private static readonly Option<string?> Account = new("--account")
    {
        Description =
            "Standard input holds the password of this account: from then on Bascule can replace its credential by itself.",
    };

    public static Command Create()
    {
        var command = new Command(
            "seal",
            "Reads a forge's token, or with --account a password, from standard input, tries it, and keeps it sealed in the database."
        )
        {
            Forge,
            Account,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var secret = await ReadAsync(cancellationToken);
                return secret.Failed(out var problem)
                    ? new OutputFeature(parsed).Refuse(problem)
                    : await EventFeature.AskAsync(
                        parsed,
                        client =>
                            client.SealCredentialAsync(
                                parsed.GetValue(Forge)!,
                                secret.Value,
                                parsed.GetValue(Account),
                                cancellationToken
                            ),
                        ApiJson.Default.CredentialRecord,
                        CredentialText.Sealed
                    );
            }
        );
        return command;
    }

    /// <summary>Never an argument: arguments can be seen by everybody on the machine. One line; a terminal would show it, so it has to come from elsewhere.</summary>
    private static async Task<Result<Secret>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!Console.IsInputRedirected)
            return Problem.Invalid(
                "standard input is a terminal, which would show the secret; give it a file: bascule credential seal FORGE < FILE"
            );
        var buffer = new char[MaxLength + 1];
        var length = await Console.In.ReadBlockAsync(buffer, cancellationToken);
        var text = new string(buffer, 0, length).TrimEnd('\r', '\n');
        Array.Clear(buffer);
        return text.Length is 0 or > MaxLength || text.AsSpan().IndexOfAny('\r', '\n') >= 0
            ? Problem.Invalid(
                "standard input is not one line with one secret; write: bascule credential seal FORGE < FILE"
            )
            : new Secret(text);
    }
}
