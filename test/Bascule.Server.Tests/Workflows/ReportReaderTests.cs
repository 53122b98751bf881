using System.Text;
using Bascule.Core.Runs;
using Bascule.Core.Workflows;
using Bascule.Server.Tests.Configuration;
using Bascule.Server.Workflows;

namespace Bascule.Server.Tests.Workflows;

public sealed class ReportReaderTests
{
    [Fact]
    public void ReadsWhichWayIsBetterWhatMayChangeAndWhatIsRequired()
    {
        var (rules, problems) = Read(
            "{ metrics: { rmse: lower, auc: { better: higher, tolerance: 0.01 } }, require: [auc] }"
        );

        problems.ShouldBeEmpty();
        rules!.Metrics.ShouldBe(
            new Dictionary<string, MetricRule>
            {
                ["rmse"] = new(MetricGoal.Lower),
                ["auc"] = new(MetricGoal.Higher, 0.01),
            },
            ignoreOrder: true
        );
        rules.Require.ShouldBe(["auc"]);
    }

    [Theory]
    [InlineData("{ metrics: { rmse: lower }, require: [auc] }", "require: names 'auc', which is not under metrics")]
    [InlineData("{ require: [auc] }", "require: names 'auc', which is not under metrics")]
    [InlineData("{ metrics: { rmse: lower }, require: [rmse, rmse] }", "require: names 'rmse' twice")]
    [InlineData("{ metrics: { rmse: better } }", "metrics.rmse: is neither lower nor higher")]
    [InlineData("{ metrics: { rmse: { tolerance: 1 } } }", "metrics.rmse.better: is missing")]
    [InlineData(
        "{ metrics: { rmse: { better: lower, tolerance: -1 } } }",
        "metrics.rmse.tolerance: '-1' is no number from 0 up"
    )]
    [InlineData(
        "{ metrics: { rmse: { better: lower, tolerance: 1e999 } } }",
        "metrics.rmse.tolerance: '1e999' is no number from 0 up"
    )]
    [InlineData("{ metrics: { rmse: { better: lower, within: 1 } } }", "metrics.rmse.within: is not a known key")]
    public void NamesWhatIsWrong(string report, string problem) =>
        Read(report).Problems.ShouldContain(found => found.Contains(problem, StringComparison.Ordinal));

    private static (ReportRules? Rules, IReadOnlyList<string> Problems) Read(string report)
    {
        var text = $$"""
            workflows:
              churn:
                on: { push: { branches: [main], environment: ml-prod } }
                databricks: { task: { python: train.py } }
                report: {{report}}
            """;
        var (file, problems) = WorkflowFileReader.Read(
            Encoding.UTF8.GetBytes(text),
            ".bascule.yaml",
            SettingsFolder.Platforms
        );
        return (file?.Workflows.Single().Report, [.. problems.Select(problem => problem.ToString())]);
    }
}
