using Bascule.Cli.Commands;
using Bascule.Core.Api;
using Bascule.Core.Lineage;

namespace Bascule.EndToEnd.CommandLine;

public sealed class EnvironmentTextTests
{
    private static readonly DeployedRecord Deployed = new()
    {
        Run = "eftzg80a08",
        Forge = "git",
        Repository = "ml/churn",
        Workflow = "train",
        Commit = "9f3ac71b00000000000000000000000000000000",
        Subject = "Deeper trees",
        PullRequest = null,
        Since = new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero),
        By = new BroughtBy("Ana Ruiz", LineageAssurance.Proven),
        ApprovedBy = ["Ines Weber"],
        BrokeGlass = false,
        Made = [new MadeRecord("main.churn.classifier", "version 7")],
    };

    [Fact]
    public void SaysWhatRunsWhere() =>
        Text(Deployed)
            .ShouldBe(
                """
                ml-prod
                  ml/churn train: 9f3ac71b Deeper trees
                    run eftzg80a08, since 2026-11-21 08:00:00Z, by Ana Ruiz (proven), approved by Ines Weber
                    made main.churn.classifier version 7
                """
            );

    [Fact]
    public void SaysWhatWentWithoutApprovalOrMergeAndByNobodyKnown()
    {
        var text = Text(Deployed with { By = null, ApprovedBy = [], BrokeGlass = true, PullRequest = 118 });

        text.ShouldContain("(pull request 118, before its merge)");
        text.ShouldContain("by nobody known, approved by BREAK-GLASS");
    }

    [Fact]
    public void SaysWhereNothingRuns()
    {
        EnvironmentListCommand.Text(new EnvironmentList([], IsCut: false)).ShouldBe("Nothing runs anywhere yet.");
        EnvironmentListCommand
            .Text(new EnvironmentList([new EnvironmentRecord("ml-dev", [])], IsCut: true))
            .ShouldBe(
                "ml-dev\n  nothing has succeeded here yet\nThere are more; see: bascule run list --state succeeded"
            );
    }

    [Fact]
    [Trait("Threat", "T113")]
    public void WhatOthersWroteMovesNoCursor() =>
        Text(Deployed with { Subject = "a\u001b[2Jb\u202e\nc" }).ShouldContain("9f3ac71b ab c");

    private static string Text(DeployedRecord deployed) =>
        EnvironmentListCommand.Text(new EnvironmentList([new EnvironmentRecord("ml-prod", [deployed])], IsCut: false));
}
