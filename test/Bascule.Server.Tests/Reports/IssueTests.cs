using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Reports;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Reports;

public sealed class IssueTests : IAsyncLifetime
{
    private readonly FakeIssueForge _forge = new();
    private ServerWorld _world = null!;
    private int _minutes;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync(_forge);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task OneIssueIsOpenedOnRedAndClosedOnGreenAndReopened()
    {
        await EndAsync(RunState.Failed);
        await EndAsync(RunState.Failed);
        await EndAsync(RunState.Succeeded);
        await EndAsync(RunState.Succeeded);
        await EndAsync(RunState.Refused);

        _forge.Calls.ShouldBe(["open Bascule: churn is red on main", "close", "reopen"]);
        _forge.Issues.ShouldHaveSingleItem().Value.ShouldBeTrue();
    }

    [Theory]
    [InlineData(RunState.Succeeded)]
    [InlineData(RunState.Canceled)]
    [InlineData(RunState.Started)]
    public async Task NothingIsOpenedForABranchThatIsNotRed(RunState state)
    {
        await EndAsync(state);

        _forge.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task ACanceledRunLeavesTheVerdictAsItIs()
    {
        await EndAsync(RunState.Failed);
        await EndAsync(RunState.Canceled);

        _forge.Calls.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task AnIssueThatSomebodyDeletedIsOpenedAnew()
    {
        await EndAsync(RunState.Failed);
        await EndAsync(RunState.Succeeded);
        _forge.Issues.Clear();

        await EndAsync(RunState.Failed);

        _forge.Calls.Count(call => call.StartsWith("open", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    [Trait("Threat", "T123")]
    public async Task TheReasonStaysText()
    {
        await EndAsync(RunState.Failed, "<img src=x> @everyone ![b](http://evil.example.com/x)");

        _forge.Texts.ShouldHaveSingleItem().ShouldNotContain("<img");
        _forge.Texts[0].ShouldNotContain("@everyone");
        _forge.Texts[0].ShouldNotContain("](http://evil");
    }

    [Fact]
    [Trait("Threat", "T136")]
    public async Task AForgeThatIsAwayIsToldLater()
    {
        await _world.AddAsync(ReportStage.ARun(RunState.Failed));
        _forge.Failing = Problem.Unavailable("502");
        (await _world.StepAsync(ReportWork.IssueKind)).ShouldBeOfType<RepeatedWork>();

        _forge.Failing = null;
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.DrainAsync(ReportWork.IssueKind);

        _forge.Issues.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task AForgeWithStatusesGetsNoIssues()
    {
        await using var world = await ServerWorld.OpenAsync(new FakeStatusForge());
        await world.AddAsync(ReportStage.ARun(RunState.Failed));

        await world.DrainAsync(ReportWork.IssueKind);

        world.Forge.Calls.ShouldBeEmpty();
    }

    private async Task EndAsync(RunState state, string? reason = null)
    {
        await _world.AddAsync(ReportStage.ARun(state, ++_minutes) with { Reason = reason });
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        await _world.DrainAsync(ReportWork.IssueKind);
    }
}
