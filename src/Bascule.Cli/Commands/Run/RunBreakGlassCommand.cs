using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Run;

/// <summary><c>bascule run break-glass</c>: lets a run go without its approvals, loudly.</summary>
internal static class RunBreakGlassCommand
{
    private static readonly Option<string> Reason = new("--reason")
    {
        Description = "What is broken, and what would happen without this run.",
        Required = true,
        HelpName = "text",
    };

    public static Command Create()
    {
        var command = RunFeature.Command(
            "break-glass",
            "Lets a run go without its approvals, where its environment allows that. Everybody is told.",
            (parsed, cancellationToken) =>
                RunFeature.AskAsync(
                    parsed,
                    (client, id) => client.BreakGlassAsync(id, parsed.GetValue(Reason)!, cancellationToken),
                    Show
                )
        );
        command.Add(Reason);
        return command;
    }

    private static int Show(OutputFeature output, RunSummary run)
    {
        output.Write(
            run,
            ApiJson.Default.RunSummary,
            () =>
                $"run {run.Id} goes WITHOUT its approvals; somebody else has to look at it within 24 hours: bascule run approve {run.Id}"
        );
        return ExitCodes.Success;
    }
}
