using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Runs;

namespace Bascule.Cli.Commands.Run;

/// <summary><c>bascule run approve</c>: says yes to exactly what the run shows.</summary>
internal static class RunApproveCommand
{
    private static readonly Option<string?> Comment = new("--comment") { Description = "What others should know." };

    public static Command Create()
    {
        var command = RunFeature.Command(
            "approve",
            "Approves what a run would send, as the person who is signed in.",
            (parsed, cancellationToken) =>
                RunFeature.AskAsync(
                    parsed,
                    (client, id) => client.ApproveRunAsync(id, parsed.GetValue(Comment), cancellationToken),
                    Show
                )
        );
        command.Add(Comment);
        return command;
    }

    private static int Show(OutputFeature output, RunSummary run)
    {
        output.Write(
            run,
            ApiJson.Default.RunSummary,
            () =>
                run.State == RunState.AwaitingApproval
                    ? $"run {run.Id} is approved by you and {run.Reason}"
                    : $"run {run.Id} is approved: {run.Reason ?? run.State.Word()}; follow it with: bascule run watch {run.Id}"
        );
        return ExitCodes.Success;
    }
}
