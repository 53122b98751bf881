using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Run;

/// <summary><c>bascule run withdraw</c>: takes one's own approval back before the run starts.</summary>
internal static class RunWithdrawCommand
{
    public static Command Create() =>
        RunFeature.Command(
            "withdraw",
            "Takes your approval of a run back, as long as it has not started.",
            (parsed, cancellationToken) =>
                RunFeature.AskAsync(parsed, (client, id) => client.WithdrawRunAsync(id, cancellationToken), Show)
        );

    private static int Show(OutputFeature output, RunSummary run)
    {
        output.Write(
            run,
            ApiJson.Default.RunSummary,
            () => $"your approval of run {run.Id} does not count any more; {run.Reason}"
        );
        return ExitCodes.Success;
    }
}
