using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Runs;

namespace Bascule.Cli.Commands.Run;

/// <summary><c>bascule run reproduce</c>: what the run sent once more, unchanged or not at all, to be compared with it.</summary>
internal static class RunReproduceCommand
{
    private static readonly Option<string?> Because = new("--because")
    {
        Description = "Why. It stays in the audit log and in the timeline.",
        HelpName = "text",
    };

    private static readonly Option<bool> Register = new("--register")
    {
        Description = "It may register another version of the run's model; needed where the run registers one.",
    };

    public static Command Create()
    {
        var command = RunFeature.Command(
            "reproduce",
            "Runs exactly what a run sent once more, and compares the outcome.",
            (parsed, cancellationToken) =>
                RunFeature.AskAsync(
                    parsed,
                    (client, id) =>
                        client.ReproduceRunAsync(
                            id,
                            new ReproductionRequest(parsed.GetValue(Because), parsed.GetValue(Register)),
                            cancellationToken
                        ),
                    Show
                )
        );
        command.Add(Because);
        command.Add(Register);
        return command;
    }

    private static int Show(OutputFeature output, RunSummary run)
    {
        output.Write(
            run,
            ApiJson.Default.RunSummary,
            () =>
                $"run {run.Id} reproduces run {run.Reproduces} and is {run.State.Word()}; what could not be pinned: bascule run show {run.Id}; follow it with: bascule run watch {run.Id}"
        );
        return ExitCodes.Success;
    }
}
