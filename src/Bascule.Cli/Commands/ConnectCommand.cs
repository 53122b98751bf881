using System.CommandLine;
using Bascule.Cli.Features;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule connect</c>: registers webhooks and probes, through the running server.</summary>
internal static class ConnectCommand
{
    public static Command Create()
    {
        var command = new Command("connect", "Registers webhooks, prints the federation commands, and probes the whole loop.");
        command.SetAction(
            (parsed, cancellationToken) =>
                FindingsFeature.ShowAsync(parsed, client => client.ConnectAsync(cancellationToken))
        );
        return command;
    }
}
