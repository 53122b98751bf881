using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Reports;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Reports;

public sealed class CommentTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    private FakeForge Forge => _world.Forge;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _world.Mirror.Commit(ServerWorld.Main, 'a', parent: null, (".bascule.yaml", ServerWorld.File));
        await _world.ApplyAsync(new SavePullRequest(ReportStage.APull()));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task OneCommentIsWrittenAndThenEditedInPlace()
    {
        var run = await _world.AddAsync(ReportStage.AHead(RunState.Queued));
        await ReportAsync();
        await _world.TurnAsync(run, RunState.Started);
        await ReportAsync();
        await _world.TurnAsync(run, RunState.Failed, "it broke");
        await ReportAsync();

        Forge.Calls.ShouldBe(["add", "edit 101", "edit 101"]);
        var comment = Forge.Comments.ShouldHaveSingleItem();
        comment.Body.ShouldStartWith(CommentText.Marker(1));
        comment.Body.ShouldContain("it broke");
    }

    [Fact]
    public async Task NothingIsWrittenThatSaysTheSame()
    {
        var run = await _world.AddAsync(ReportStage.AHead(RunState.Queued));
        await ReportAsync();

        await _world.TurnAsync(run, RunState.Queued);
        await ReportAsync();

        Forge.Calls.ShouldBe(["add"]);
    }

    [Fact]
    public async Task AllWorkflowsOfAPullRequestShareTheComment()
    {
        await _world.AddAsync(ReportStage.AHead(RunState.Succeeded));
        await _world.AddAsync(ReportStage.AHead(RunState.Failed) with { Workflow = "lint" });

        await ReportAsync();

        var body = Forge.Comments.ShouldHaveSingleItem().Body;
        body.ShouldContain("#### `churn` in `ml-dev`: ✅");
        body.ShouldContain("#### `lint` in `ml-dev`: ❌");
        body.ShouldContain("### Bascule ❌ failed");
    }

    [Fact]
    public async Task OnlyTheNewestRunOfAWorkflowIsTold()
    {
        await _world.AddAsync(ReportStage.AHead(RunState.Failed));
        await _world.AddAsync(ReportStage.AHead(RunState.Succeeded, minutes: 1) with { Ordinal = 1 });

        await ReportAsync();

        Forge.Comments.ShouldHaveSingleItem().Body.ShouldContain("### Bascule ✅ succeeded");
    }

    [Fact]
    public async Task ACommentWhoseAnswerWasLostIsFoundAgainAndEdited()
    {
        await _world.AddAsync(ReportStage.AHead(RunState.Queued));
        await _world.Handler<CommentHandler>().HandleAsync(ReportStage.Row(ReportWork.CommentKind, "f-1/7/1"), default); // its result is lost with the process

        await ReportAsync();

        Forge.Calls.ShouldBe(["add", "edit 101"]);
        Forge.Comments.ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T123")]
    public async Task ACommentThatSomebodyElsePlantedIsNotEdited()
    {
        var planted = new Comment(5, AuthorId: 666, CommentText.Marker(1) + "\nall green, believe me");
        var quoted = new Comment(6, FakeForge.Bot.Id, "> " + CommentText.Marker(1));
        Forge.Comments.AddRange([planted, quoted]);
        await _world.AddAsync(ReportStage.AHead(RunState.Failed));

        await ReportAsync();

        Forge.Calls.ShouldBe(["add"]);
        Forge.Comments.ShouldContain(planted);
        Forge.Comments.ShouldContain(quoted);
    }

    [Fact]
    public async Task AnotherPullRequestsCommentIsNotOurs()
    {
        Forge.Comments.Add(new Comment(5, FakeForge.Bot.Id, CommentText.Marker(12) + "\nof another"));
        await _world.AddAsync(ReportStage.AHead(RunState.Failed));

        await ReportAsync();

        Forge.Calls.ShouldBe(["add"]);
    }

    [Fact]
    public async Task ADeletedCommentIsWrittenAnew()
    {
        var run = await _world.AddAsync(ReportStage.AHead(RunState.Queued));
        await ReportAsync();
        Forge.Comments.Clear();

        await _world.TurnAsync(run, RunState.Succeeded);
        await ReportAsync();

        Forge.Calls.ShouldBe(["add", "edit 101", "add"]);
        Forge.Comments.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(ProblemCode.Unavailable)]
    [InlineData(ProblemCode.Limited)]
    [InlineData(ProblemCode.Denied)]
    [Trait("Threat", "T136")]
    public async Task AForgeThatRefusesIsAskedAgainUntilTheEndIsTold(ProblemCode code)
    {
        await _world.AddAsync(ReportStage.AHead(RunState.Succeeded));
        Forge.Failing = new Problem(code, "502");
        for (var attempt = 0; attempt < 20; attempt++)
        {
            (await _world.StepAsync(ReportWork.CommentKind)).ShouldBeOfType<RepeatedWork>();
            _world.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        Forge.Failing = null;
        await ReportAsync();

        Forge.Comments.ShouldHaveSingleItem().Body.ShouldContain("succeeded");
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task NothingIsWrittenWithoutItsAuditEntry()
    {
        await _world.AddAsync(ReportStage.AHead(RunState.Succeeded));
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        (await _world.StepAsync(ReportWork.CommentKind)).ShouldBeOfType<RepeatedWork>();

        Forge.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task TheRunOfTheMergeIsToldUnderTheHeads()
    {
        var merge = FakeMirror.Id('c');
        await _world.ApplyAsync(
            new SavePullRequest(ReportStage.APull() with { State = PullRequestState.Merged, MergeCommit = merge })
        );
        await _world.AddAsync(ReportStage.AHead(RunState.Succeeded));
        await _world.AddAsync(ReportStage.ARun(RunState.Failed, minutes: 1) with { Commit = merge });

        await _world.DrainAsync("report.merge");
        await ReportAsync();

        var body = Forge.Comments.ShouldHaveSingleItem().Body;
        body.ShouldContain("Merged as `cccccccc`: `churn` in `ml-prod`: ❌ failed");
        body.ShouldContain("### Bascule ❌ failed");
    }

    private async Task ReportAsync()
    {
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.DrainAsync(ReportWork.CommentKind);
    }
}
