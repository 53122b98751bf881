using Bascule.Cli.Commands.Run;
using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Runs;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>What the command line says of a reproduction, without a server.</summary>
public sealed class ReproductionTextTests
{
    [Fact]
    public void ShowNamesTheOriginalWhatDiffersAndWhatWasOpen()
    {
        var text = RunText.Detail(
            Detail(
                RunState.Succeeded,
                new("0123456789", ReproductionOutcome.Differs, ["rmse 0.31 → 0.33"], ["the data"])
            )
        );

        text.ShouldContain(
            "reproduces   run 0123456789: differs\n             - rmse 0.31 → 0.33\nnot pinned   the data\n"
        );
    }

    [Theory]
    [InlineData(RunState.Failed, ReproductionOutcome.Reproduced, true)]
    [InlineData(RunState.Succeeded, ReproductionOutcome.Differs, false)]
    [InlineData(RunState.Failed, null, false)]
    public void WatchEndsWellWhenItWasReproduced(RunState state, ReproductionOutcome? outcome, bool isGood) =>
        RunWatchCommand.IsGood(Detail(state, new("0123456789", outcome, [], []))).ShouldBe(isGood);

    [Theory]
    [InlineData(RunState.Succeeded, true)]
    [InlineData(RunState.Failed, false)]
    public void WatchOfAnyOtherRunEndsAsTheRun(RunState state, bool isGood) =>
        RunWatchCommand.IsGood(Detail(state, reproduction: null)).ShouldBe(isGood);

    private static RunDetail Detail(RunState state, ReproductionRecord? reproduction) =>
        new()
        {
            Run = new RunSummary
            {
                Id = "9876543210",
                State = state,
                Final = true,
                Forge = "git",
                Repository = "ml/churn",
                Workflow = "churn",
                Environment = "ml-prod",
                Ref = "refs/heads/main",
                Commit = "9f3ac71000000000000000000000000000000000",
                CommitSubject = "Tune",
                Trigger = "reproduction:0123456789",
                Ordinal = 0,
                CreatedAt = DateTimeOffset.UnixEpoch,
                Models = [],
            },
            Timeline = [],
            Metrics = [],
            Reproduction = reproduction,
        };
}
