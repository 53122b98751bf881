using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Keeping;

/// <summary><c>bascule resume</c>: an operator lets an installation act that was restored or moved.</summary>
internal static class ResumeCommand
{
    public static Command Create()
    {
        var command = new Command("resume", "Lets an installation act that was restored or moved.");
        command.SetAction(
            (parsed, cancellationToken) =>
                EventFeature.AskAsync(
                    parsed,
                    client => client.ResumeAsync(cancellationToken),
                    ApiJson.Default.ResumedRecord,
                    resumed => $"Bascule is at work, in epoch {resumed.Epoch}"
                )
        );
        return command;
    }
}
