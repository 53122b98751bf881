using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Runs;

namespace Bascule.Cli.Commands.Run;

/// <summary><c>bascule run watch</c>: follows a run to its end; ends with 0 when it succeeded and 1 when it did not.</summary>
internal static class RunWatchCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Create() =>
        RunFeature.Command("watch", "Follows a run until it ends; exit code 0 when it succeeded, else 1.", RunAsync);

    /// <summary>A reproduction succeeds by coming out as its original did, which may have failed.</summary>
    internal static bool IsGood(RunDetail seen) =>
        seen.Reproduction is { } reproduction
            ? reproduction.Outcome == ReproductionOutcome.Reproduced
            : seen is { Run.State: RunState.Succeeded or RunState.Planned, Shortfall: null };

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var opened = ConnectionFeature.Open(parsed);
        if (opened.Failed(out var problem))
            return output.Refuse(problem);
        using var client = opened.Value;
        var isGood = false;
        await foreach (var seen in client.WatchRunAsync(parsed.GetValue(RunFeature.Id)!, Interval, cancellationToken))
        {
            if (seen.Failed(out var refusal))
                return output.Refuse(refusal);
            isGood = IsGood(seen.Value);
            output.Write(seen.Value, ApiJson.Default.RunDetail, () => RunText.Progress(seen.Value));
        }
        return isGood ? ExitCodes.Success : ExitCodes.Negative;
    }
}
