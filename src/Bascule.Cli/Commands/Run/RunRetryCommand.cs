using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Run;

/// <summary><c>bascule run retry</c>: the same trigger, commit, workflow and environment again, as a new run.</summary>
internal static class RunRetryCommand
{
    public static Command Create() =>
        RunFeature.Command(
            "retry",
            "Runs the same commit again, as a new run.",
            (parsed, cancellationToken) =>
                RunFeature.AskAsync(parsed, (client, id) => client.RetryRunAsync(id, cancellationToken), Show)
        );

    private static int Show(OutputFeature output, RunSummary run)
    {
        output.Write(run, ApiJson.Default.RunSummary, () => $"run {run.Id} is queued; follow it with: bascule run watch {run.Id}");
        return ExitCodes.Success;
    }
}
