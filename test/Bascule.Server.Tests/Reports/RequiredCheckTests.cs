using Bascule.Core.Audit;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Reports;
using Bascule.Server.Tests.Approvals;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Reports;

public sealed class RequiredCheckTests : IAsyncLifetime
{
    private const string Context = "bascule/ml-prod";
    private const string Project = "churn/train.py";
    private const string Broken = "workflows: [";
    private readonly FakeStatusForge _forge = new();
    private ServerWorld _world = null!;

    public async Task InitializeAsync() =>
        _world = await ServerWorld.OpenAsync(
            _forge,
            rules: rule => rule with { RequiredCheck = rule.Name == "ml-prod" }
        );

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task WhatTheMergeWouldRunIsPlannedAndNeverStarted()
    {
        await ProposeAsync((Project, "2"));

        Check().ShouldBe((CommitStatusState.Success, "ready: churn"));
        var run = (await _world.RunsAsync()).Single(run => run.OnMerge);
        (run.State, run.Environment, run.PlanDigest is null).ShouldBe((RunState.Planned, "ml-prod", false));
        (await _world.DueAsync("run.start")).ShouldNotContain(row => row.Subject == run.Id.Text);
        _forge.Comments.ShouldHaveSingleItem().Body.ShouldContain("✅ planned");
    }

    [Fact]
    public async Task APullRequestThatTouchesNothingIsFree()
    {
        await ProposeAsync(("other/x", "2"));

        Check().ShouldBe((CommitStatusState.Success, "nothing to run"));
    }

    [Fact]
    public async Task AWorkflowFileThatTheMergeCouldNotRunByStandsInTheWay()
    {
        await ProposeAsync((".bascule.yaml", Broken));

        Check().State.ShouldBe(CommitStatusState.Failure);
    }

    [Fact]
    public async Task WhoeverMendsABrokenFileIsFree()
    {
        await _world.PushAsync('a', null, (Project, "1"), (".bascule.yaml", Broken));
        await OpenAsync('a', (".bascule.yaml", ApprovalStage.File));

        Check().ShouldBe((CommitStatusState.Success, "ready: churn"));
    }

    [Fact]
    [Trait("Threat", "T105")]
    public async Task WhereApprovalsAreAskedForTheMergeWaitsForThem()
    {
        await using var world = await ServerWorld.OpenAsync(
            _forge,
            rules: rule =>
                rule.Name == "ml-prod"
                    ? rule with
                    {
                        RequiredCheck = true,
                        Approvals = new(1, [ApprovalStage.Leads]),
                    }
                    : rule
        );
        var (_, proposed) = await world.ProposeAsync();
        await world.DrainAsync("report");
        Check().State.ShouldBe(CommitStatusState.Pending);
        Check().Text.ShouldStartWith("churn: ");

        await world.TurnAsync(proposed, RunState.Planned, "approved");
        await world.DrainAsync("report");

        Check().State.ShouldBe(CommitStatusState.Success);
        (await world.DueAsync("run.start")).ShouldNotContain(row => row.Subject == proposed.Id.Text);
    }

    [Theory]
    [InlineData(RunState.Refused, CommitStatusState.Failure)]
    [InlineData(RunState.AwaitingApproval, CommitStatusState.Pending)]
    [InlineData(RunState.Planned, CommitStatusState.Success)]
    public async Task TheRunOfTheMergeSaysHowItStands(RunState state, CommitStatusState expected)
    {
        await ProposeAsync((Project, "2"));

        await _world.TurnAsync((await _world.RunsAsync()).Single(run => run.OnMerge), state, "because");
        await _world.DrainAsync("report");

        Check().State.ShouldBe(expected);
    }

    [Fact]
    public async Task OneHeadOfTwoPullRequestsIsAsBadAsTheWorseOne()
    {
        await ProposeAsync((Project, "2"));
        await _world.TurnAsync((await _world.RunsAsync()).Single(run => run.OnMerge), RunState.AwaitingApproval);
        var other = (await PullAsync()) with { Number = 2 };
        await _world.ApplyAsync([
            new SavePullRequest(other),
            .. ReportWork.PullRequest(ServerWorld.Churn, 2, _world.Clock.GetUtcNow()),
        ]);

        await _world.DrainAsync("report");

        Check().State.ShouldBe(CommitStatusState.Pending);
    }

    [Fact]
    public async Task AnEnvironmentThatDoesNotAskForItWritesNone()
    {
        await using var world = await ServerWorld.OpenAsync(_forge);
        await world.PushAsync('a', null, (Project, "1"));
        world.Mirror.Commit(ApprovalStage.Head, 'b', FakeMirror.Id('a'), (Project, "2"));
        await world.HearAsync(Hints.Pull(PullRequestAction.Opened, FakeMirror.Id('b')));
        await world.DrainAsync("report");

        _forge.Statuses.ShouldNotContain(status => status.Context == Context);
    }

    [Fact]
    [Trait("Threat", "T135")]
    public async Task AForgedSuccessIsWrittenOverNotedAndTold()
    {
        await ProposeAsync((Project, "2"));
        await _world.TurnAsync((await _world.RunsAsync()).Single(run => run.OnMerge), RunState.AwaitingApproval);
        await _world.DrainAsync("report");
        _forge.Statuses.Insert(0, new PostedStatus(CommitStatusState.Success, Context, "ok", 666));

        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        await _world.DrainAsync("look");
        await _world.DrainAsync("report");

        _forge.Statuses.First(status => status.Context == Context).CreatorId.ShouldBe(FakeForge.Bot.Id);
        Check().State.ShouldBe(CommitStatusState.Pending);
        var entry = (await _world.EntriesAsync(AuditTypes.StatusForged)).ShouldHaveSingleItem();
        ((string)entry["facts"]!["context"]!).ShouldBe(Context);
        _forge.Comments.ShouldHaveSingleItem().Body.ShouldContain("**Forged status.** Account 666");
    }

    [Fact]
    [Trait("Threat", "T135")]
    public async Task AStatusThatWasForgedBeforeOursIsNotedToo()
    {
        _forge.Statuses.Insert(0, new PostedStatus(CommitStatusState.Success, Context, "ok", 666));

        await ProposeAsync(("other/x", "2"));

        _forge.Statuses.First(status => status.Context == Context).CreatorId.ShouldBe(FakeForge.Bot.Id);
        (await _world.EntriesAsync(AuditTypes.StatusForged)).ShouldHaveSingleItem();
    }

    private (CommitStatusState State, string Text) Check()
    {
        var status = _forge.Statuses.First(status => status.Context == Context);
        return (status.State, status.Description);
    }

    private async Task<PullRequest> PullAsync() =>
        (await _world.Storage.Repositories.FindPullRequestAsync(ServerWorld.Churn, 1, default)).ShouldNotBeNull();

    private async Task ProposeAsync(params (string Path, string Text)[] files)
    {
        await _world.PushAsync('a', null, (Project, "1"), ("other/x", "1"), (".bascule.yaml", Rooted));
        await OpenAsync('a', files);
    }

    private async Task OpenAsync(char parent, params (string Path, string Text)[] files)
    {
        _world.Mirror.Commit(ApprovalStage.Head, 'b', FakeMirror.Id(parent), files);
        await _world.HearAsync(Hints.Pull(PullRequestAction.Opened, FakeMirror.Id('b')));
        await _world.DrainAsync("report");
    }

    /// <summary>One project of a repository of two.</summary>
    private const string Rooted = """
        workflows:
          churn:
            root: churn
            on:
              push: { branches: [main], environment: ml-prod }
            lab: { run: train.py }
        """;
}
