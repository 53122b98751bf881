using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Account;

/// <summary><c>bascule account confirm-key</c>: from now on commits signed with the key are proven to be mine.</summary>
internal static class AccountConfirmKeyCommand
{
    private static readonly Argument<string> Fingerprint = new("fingerprint")
    {
        Description = "The key's, as `ssh-keygen -lf FILE` or `gpg --fingerprint` shows it on your own machine.",
    };

    private static readonly Option<FileInfo?> Key = new("--key")
    {
        Description = "For a key of OpenPGP: the file that `gpg --armor --export` wrote.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command("confirm-key", "Lets commits that are signed with the key count as proven.")
        {
            Fingerprint,
            Key,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => ConfirmAsync(client, parsed, cancellationToken),
                    ApiJson.Default.AccountKeyList,
                    KeyText.List
                )
        );
        return command;
    }

    private static async Task<Result<AccountKeyList>> ConfirmAsync(
        BasculeClient client,
        ParseResult parsed,
        CancellationToken cancellationToken
    )
    {
        var file = parsed.GetValue(Key);
        if (file is { Exists: false })
            return Problem.Invalid($"there is no file '{file.FullName}'; write one: gpg --armor --export FINGERPRINT");
        var key = file is null ? null : await File.ReadAllTextAsync(file.FullName, cancellationToken);
        return await client.ConfirmKeyAsync(parsed.GetValue(Fingerprint)!, key, cancellationToken);
    }
}
