using Bascule.Core.Runs;
using Bascule.Server.Identity;
using Bascule.Server.Reports;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Reports;

public sealed class CommentTextTests
{
    private const string Hostile =
        "![x](https://evil.example.com/beacon.png) <script>alert(1)</script> @everyone | a ` b\r\n\u001b[31m\u202e https://evil.example.com";

    private static readonly CommentText Text = new(
        new RunLinks(new IssuerAddress(new Uri("https://bascule.example.com")))
    );

    [Fact]
    public void ASuccessIsToldWithMetricsBesideTheBase() =>
        Write(
                Report(RunState.Succeeded) with
                {
                    Metrics =
                    [
                        Metric("auc", 0.91234567, 0.9, MetricGoal.Higher),
                        Metric("rmse", 0.5, 0.25, MetricGoal.Lower),
                        Metric("rows", 1200, 1200, null),
                        Metric("new", 3, null, MetricGoal.Lower),
                        Metric("nan", double.NaN, 1, MetricGoal.Lower),
                    ],
                    BaseBranch = "main",
                    Models = [new ModelVersion("main.churn.classifier", "2", null)],
                }
            )
            .ShouldBeApproved("success.md");

    [Fact]
    public void ASuccessIsToldBesideWhatIsPromotedAsWell() =>
        Write(
                Report(RunState.Succeeded) with
                {
                    Metrics =
                    [
                        Metric("auc", 0.91, 0.9, MetricGoal.Higher) with
                        {
                            Promoted = 0.93,
                        },
                        Metric("new", 3, null, MetricGoal.Lower),
                    ],
                    BaseBranch = "main",
                    Promoted = new PromotedVersion(
                        "prod.churn.classifier",
                        "7",
                        "production",
                        "ml-prod",
                        ReportStage.ARun(RunState.Succeeded) with
                        {
                            Id = new RunId("7k2m9x4pqa"),
                        }
                    ),
                }
            )
            .ShouldBeApproved("promoted.md");

    /// <summary>No run before it on its branch, and nothing promoted: nothing to draw.</summary>
    [Fact]
    public void AFirstRunHasNoChart()
    {
        var text = Write(Report(RunState.Succeeded) with { Metrics = [Metric("auc", 0.9, null, null)] });

        text.ShouldContain("\n| metric | this run |\n|---|---:|\n| `auc` | 0.9 |\n");
        text.ShouldNotContain("[Chart]");
    }

    [Fact]
    public void AFailureIsToldWithTheEndOfItsLog() =>
        Write(
                Report(RunState.Failed, "the task failed: exit code 1") with
                {
                    Log = "epoch 1\nTraceback (most recent call last):\n```\nValueError: could not convert\n",
                }
            )
            .ShouldBeApproved("failure.md");

    [Fact]
    public void ARefusalNamesItsRule() =>
        Write(
                Report(
                    RunState.Refused,
                    "environment 'ml-prod' does not take pull requests; name another environment in the workflow, or none for a plan only"
                )
            )
            .ShouldBeApproved("refusal.md");

    [Fact]
    [Trait("Threat", "T123")]
    public void FindingsAreAListWhateverTheyAreCalled()
    {
        var reason = Bascule.Core.Text.Points.Of("the DAGs are not fit", [$"{Hostile}.py:1: no", "b.py:2: no"]);

        var text = Write(Report(RunState.Refused, reason));

        text.ShouldContain("\nthe DAGs are not fit:\n\n- ");
        text.ShouldContain("\n- b.py:2: no\n");
        text.ShouldNotContain("<script>");
        text.ShouldNotContain("![x](");
        text.Split('\n').Count(line => line.StartsWith("- ", StringComparison.Ordinal)).ShouldBe(2);
    }

    /// <summary>A forge takes only so much of a comment.</summary>
    [Fact]
    public void OfManyFindingsSomeAreShown()
    {
        var many = Enumerable.Range(1, 500).Select(number => $"dags/{number}.py:1: {new string('x', 100)}");

        var text = Write(Report(RunState.Refused, Bascule.Core.Text.Points.Of("the DAGs are not fit", many)));

        text.Length.ShouldBeLessThan(6000);
        text.ShouldContain("\n- …\n");
    }

    [Fact]
    public void APlanIsToldAsOne()
    {
        var report = Report(RunState.Planned, "a head from a fork gets a plan only");

        Write(report with { Run = report.Run with { Environment = null, PlatformPage = null } })
            .ShouldBeApproved("plan.md");
    }

    /// <summary>Nobody approves what they have not seen: it stands open until it is sent, and what others named in it stays text.</summary>
    [Theory]
    [InlineData(2, false, "<details open><summary>Plan</summary>")]
    [InlineData(30, false, "<details><summary>Plan</summary>")]
    [InlineData(2, true, "<details><summary>What was planned</summary>")]
    [Trait("Threat", "T123")]
    public void APlanSaysWhatItWouldDo(int lines, bool isSent, string heading)
    {
        var report = Report(RunState.Queued);
        var summary = string.Join('\n', Enumerable.Range(1, lines).Select(number => $"~ apis/pets-{number}: ``` @all"));

        var text = Write(report with { Run = report.Run with { PlanSummary = summary, StartBegun = isSent } });

        text.ShouldContain($"{heading}\n\n````text\n{summary}\n````\n\n</details>\n");
    }

    [Fact]
    public void ARunningOneAndAMergeStandInOneComment()
    {
        var merge = Report(RunState.Succeeded);
        var text = Text.Write(
            ReportStage.APull(),
            [Report(RunState.Started), Report(RunState.Queued, "waiting to try again: 503", workflow: "lint")],
            [merge with { Run = merge.Run with { Commit = FakeMirror.Id('c') } }]
        );

        text.ShouldBeApproved("merge.md");
    }

    [Fact]
    public void NothingToRunIsSaidToo() => Write().ShouldBeApproved("nothing.md");

    [Fact]
    [Trait("Threat", "T123")]
    public void WhateverOthersWroteStaysText()
    {
        var text = Write(
            Report(RunState.Failed, Hostile) with
            {
                Metrics = [Metric(Hostile, 1, 2, MetricGoal.Lower), Metric(@"a\|b", 1, null, null)],
                BaseBranch = Hostile,
                Models = [new ModelVersion(Hostile, Hostile, null)],
                Log = "```\n" + Hostile,
            }
        );

        text.ShouldBeApproved("hostile.md");
        var table = text.Split('\n').Where(line => line.StartsWith('|')).ToList();
        table.Count.ShouldBe(4);
        table.ShouldAllBe(row => row.Count(character => character == '|') == 5, "no name may add a cell");
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:pass@evil.example.com/")]
    [Trait("Threat", "T123")]
    public void OnlyWebAddressesBecomeLinks(string page)
    {
        var report = Report(RunState.Succeeded);

        Write(report with { Run = report.Run with { PlatformPage = new Uri(page) } })
            .ShouldNotContain("on the platform");
    }

    [Fact]
    [Trait("Threat", "T123")]
    public void TenMegabytesOfNamesAndLogAreCut()
    {
        var huge = new string('x', 10 * 1024 * 1024);
        var text = Write(
            Report(RunState.Failed, huge) with
            {
                Metrics = [Metric(huge, 1, null, null)],
                Models = [.. Enumerable.Repeat(new ModelVersion(huge, huge, null), 100)],
                Log = huge,
            }
        );

        text.Length.ShouldBeLessThan(10_000);
    }

    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(59.94, "59.9 s")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(90061, "25 h 1 min")]
    public void DurationsAreShort(double seconds, string expected) =>
        Words.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);

    private static string Write(params RunReport[] reports) => Text.Write(ReportStage.APull(), reports, []);

    private static RunReport Report(RunState state, string? reason = null, string workflow = "churn")
    {
        var run = ReportStage.AHead(state) with
        {
            Id = new RunId("0123456789"),
            Workflow = workflow,
            Reason = reason,
            PlatformPage = new Uri("https://adb-1.azuredatabricks.net/jobs/(1)/runs/2"),
        };
        return new RunReport(run, [], BaseBranch: null, [], Log: null);
    }

    private static ComparedMetric Metric(string name, double value, double? former, MetricGoal? goal) =>
        new(name, value, former, goal, []);
}
