using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Credential;

/// <summary><c>bascule credential list</c>: what Bascule shows each forge, without the secrets.</summary>
internal static class CredentialListCommand
{
    public static Command Create()
    {
        var command = new Command(
            "list",
            "Lists what Bascule shows each forge: whose it is, where it comes from, when it was replaced; never the secret."
        );
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ListCredentialsAsync(cancellationToken),
                    ApiJson.Default.CredentialList,
                    CredentialText.List
                )
        );
        return command;
    }
}
