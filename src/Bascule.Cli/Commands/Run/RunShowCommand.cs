using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;

namespace Bascule.Cli.Commands.Run;

/// <summary><c>bascule run show</c>: one run with timeline, metrics, models and the end of its log.</summary>
internal static class RunShowCommand
{
    public static Command Create() =>
        RunFeature.Command(
            "show",
            "Shows a run: timeline, metrics, models, end of the log.",
            (parsed, cancellationToken) =>
                RunFeature.AskAsync(parsed, (client, id) => client.GetRunAsync(id, cancellationToken), Show)
        );

    private static int Show(OutputFeature output, RunDetail detail)
    {
        output.Write(detail, ApiJson.Default.RunDetail, () => RunText.Detail(detail));
        return ExitCodes.Success;
    }
}
