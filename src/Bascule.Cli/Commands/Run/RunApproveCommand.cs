using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Runs;

namespace Bascule.Cli.Commands.Run;

/// <summary><c>bascule run approve</c>: says yes to exactly what the run shows.</summary>
internal static class RunApproveCommand
{
    private static readonly Option<string?> Comment = new("--comment") { Description = "What others should know." };

    private static readonly Option<string?> Plan = new("--plan")
    {
        Description =
            "The digest of the plan that you looked at, or its first 12 digits: another plan is not approved.",
        HelpName = "digest",
    };

    public static Command Create()
    {
        var command = RunFeature.Command(
            "approve",
            "Approves what a run would send, as the person who is signed in.",
            (parsed, cancellationToken) =>
                RunFeature.AskAsync(
                    parsed,
                    (client, id) =>
                        client.ApproveRunAsync(id, parsed.GetValue(Comment), parsed.GetValue(Plan), cancellationToken),
                    Show
                )
        );
        command.Add(Comment);
        command.Add(Plan);
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
