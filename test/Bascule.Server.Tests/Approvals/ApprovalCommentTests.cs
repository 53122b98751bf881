using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Approvals;

/// <summary>From opening to the merge, as the developer reads it on the pull request.</summary>
public sealed class ApprovalCommentTests : IAsyncLifetime
{
    private readonly FakeStatusForge _forge = new();
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ApprovalStage.OpenAsync(required: 2, forge: _forge);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task TellsWhoIsWaitedForHowToApproveAndWhoDid()
    {
        var (_, proposed) = await _world.ProposeAsync();
        var asked = await ReadAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));
        var half = await ReadAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("linus", 11));
        var approved = await ReadAsync();

        Steady(asked, proposed).ShouldBeApproved("approval-asked.md");
        Steady(half, proposed).ShouldBeApproved("approval-half.md");
        Steady(approved, proposed).ShouldBeApproved("approval-approved.md");
    }

    [Fact]
    public async Task TellsWhatANewHeadMadeVoid()
    {
        var (_, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));
        _world.Mirror.Commit(ApprovalStage.Head, 'c', FakeMirror.Id('b'), ("churn/train.py", "3"));

        await _world.HearAsync(Hints.Pull(PullRequestAction.Synchronized, FakeMirror.Id('c')));

        var text = await ReadAsync();
        text.ShouldContain("~~`grace` approved `bbbbbbbb`~~, void:");
        Steady(text, await _world.ProposedAsync()).ShouldBeApproved("approval-void.md");
    }

    [Fact]
    [Trait("Threat", "T105")]
    public async Task TellsThatTheMergeMadeSomethingElse()
    {
        var (_, proposed) = await _world.ProposeAsync();
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));
        var merge = _world.Mirror.Commit(ServerWorld.Main, 'c', FakeMirror.Id('b'), ("churn/more.py", "x"));
        await _world.HearAsync(Hints.Push(merge));

        await _world.HearAsync(Hints.Pull(PullRequestAction.Merged, FakeMirror.Id('b')) with { MergeCommit = merge });

        (await ReadAsync()).ShouldContain("The merge made something else than what was approved here");
    }

    [Fact]
    public async Task TheStatusSaysWhatIsMissing()
    {
        var (_, proposed) = await _world.ProposeAsync();
        await _world.DrainAsync("report");

        var waiting = _forge.Statuses.First(status => status.Context == "bascule/churn/ml-prod");
        (waiting.State, waiting.Description).ShouldBe(
            (CommitStatusState.Pending, "waits for approval: 0 of 2, from group:ml-leads, for the merge")
        );
        await _world.ApproveAsync(proposed, _world.People.Add("grace", 10));
        await _world.ApproveAsync(proposed, _world.People.Add("linus", 11));
        await _world.DrainAsync("report");
        _forge
            .Statuses.First(status => status.Context == "bascule/churn/ml-prod")
            .State.ShouldBe(CommitStatusState.Success);
    }

    private async Task<string> ReadAsync()
    {
        await _world.DrainAsync("report");
        return _forge.Comments.ShouldHaveSingleItem().Body;
    }

    private static string Steady(string text, Run run) =>
        text.Replace(run.Id.Text, "RUN", StringComparison.Ordinal)
            .Replace(run.PlanDigest![..12], "DIGEST", StringComparison.Ordinal);
}
