using System.CommandLine;
using Bascule.Cli.Features;

namespace Bascule.Cli.Commands;

/// <summary><c>bascule connect</c>: registers webhooks and probes, through the running server.</summary>
internal static class ConnectCommand
{
    private static readonly Option<bool> Rotate = new("--rotate-secrets")
    {
        Description = "Give every webhook a new secret; the former one stays good for an hour.",
    };

    public static Command Create()
    {
        var command = new Command(
            "connect",
            "Registers webhooks, prints the federation commands, and probes the whole loop."
        )
        {
            Rotate,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                FindingsFeature.ShowAsync(
                    parsed,
                    client => client.ConnectAsync(parsed.GetValue(Rotate), cancellationToken)
                )
        );
        return command;
    }
}
