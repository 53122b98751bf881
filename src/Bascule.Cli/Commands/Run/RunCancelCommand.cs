using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Run;

/// <summary><c>bascule run cancel</c>: asks for a stop and returns at once.</summary>
internal static class RunCancelCommand
{
    public static Command Create() =>
        RunFeature.Command(
            "cancel",
            "Asks for a stop and returns at once.",
            (parsed, cancellationToken) =>
                RunFeature.AskAsync(parsed, (client, id) => client.CancelRunAsync(id, cancellationToken), Show)
        );

    private static int Show(OutputFeature output, RunSummary run)
    {
        output.Write(run, ApiJson.Default.RunSummary, () => $"run {run.Id} is being canceled; follow it with: bascule run watch {run.Id}");
        return ExitCodes.Success;
    }
}
