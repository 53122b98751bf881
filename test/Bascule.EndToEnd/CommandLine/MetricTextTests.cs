using Bascule.Cli.Features;
using Bascule.Core.Api;
using Bascule.Core.Runs;

namespace Bascule.EndToEnd.CommandLine;

/// <summary>What the command line says of a run's metrics, without a server.</summary>
public sealed class MetricTextTests
{
    [Theory]
    [InlineData(null, null, "metric       rmse 0.3")]
    [InlineData(0.4, null, "metric       rmse 0.3 (base 0.4, better)")]
    [InlineData(null, 0.2, "metric       rmse 0.3 (production 0.2, worse)")]
    [InlineData(0.4, 0.2, "metric       rmse 0.3 (base 0.4, better; production 0.2, worse)")]
    public void AMetricStandsBesideWhatItIsComparedWith(double? former, double? promoted, string line) =>
        RunText.Detail(Detail(former, promoted)).ShouldEndWith(line);

    private static RunDetail Detail(double? former, double? promoted) =>
        new()
        {
            Run = new RunSummary
            {
                Id = "9876543210",
                State = RunState.Succeeded,
                Final = true,
                Forge = "git",
                Repository = "ml/churn",
                Workflow = "churn",
                Environment = "ml-prod",
                Ref = "refs/heads/main",
                Commit = "9f3ac71000000000000000000000000000000000",
                CommitSubject = "Tune",
                Trigger = "ref:refs/heads/main:1",
                Ordinal = 0,
                CreatedAt = DateTimeOffset.UnixEpoch,
                Models = [],
            },
            Timeline = [],
            Metrics =
            [
                new MetricRecord("rmse", 0.3, former, MetricGoal.Lower, former is null ? null : MetricVerdict.Better)
                {
                    Promoted = promoted,
                    PromotedVerdict = promoted is null ? null : MetricVerdict.Worse,
                },
            ],
            Promoted = promoted is null
                ? null
                : new PromotedRecord("churn", "7", "production", "ml-prod", "1234567890"),
        };
}
