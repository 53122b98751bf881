using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Approvals;

[Trait("Threat", "T108")]
public sealed class BreakGlassTests : IAsyncLifetime
{
    private const string Reason = "the model in production answers nonsense";
    private ServerWorld _world = null!;
    private Run _run = null!;
    private Person _ada = null!;

    public async Task InitializeAsync()
    {
        _world = await ApprovalStage.OpenAsync(change: policy => policy with { BreakGlass = true });
        _run = await _world.PushAsync('a', null, ("churn/train.py", "1"));
        _ada = _world.People.Add("ada", ServerWorld.Ada.Id);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    [Trait("Threat", "T108")]
    public async Task ItStartsLoudlyAndSomebodyElseHasToLookAtIt()
    {
        var broken = await BreakAsync(_ada);
        await _world.DrainAsync("run.start");

        broken.Value.Reason.ShouldBe("goes WITHOUT its approvals (break-glass)");
        (await _world.FindAsync(_run)).State.ShouldBe(RunState.Started);
        (await _world.TimelineAsync(_run)).ShouldContain(line =>
            line.Contains("BREAK-GLASS", StringComparison.Ordinal)
        );
        ((string)(await _world.EntriesAsync("approval.bypassed")).ShouldHaveSingleItem()["actor"]!).ShouldBe(
            "person:p-ada"
        );
        _world.Logs.Lines.ShouldContain(line => line.Contains("BREAK-GLASS", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task AnEnvironmentThatDoesNotAllowItRefusesEverybody()
    {
        await _world.DisposeAsync();
        _world = await ApprovalStage.OpenAsync();
        _run = await _world.PushAsync('a', null, ("churn/train.py", "1"));

        var broken = await BreakAsync(_world.People.Add("root", 10, "platform-admins", "ml-leads"));

        broken.Problem!.Message.ShouldStartWith("environments.ml-prod.approvals.break_glass:");
        (await _world.FindAsync(_run)).State.ShouldBe(RunState.AwaitingApproval);
        (await _world.EntriesAsync("approval.refused")).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task TheLocalTokenAndAgentsMayNot()
    {
        var asOperator = await BreakAsync(Actor.LocalOperator);
        var asAgent = await BreakAsync(_world.ActorOf(_ada) with { Type = ActorType.Agent });

        asOperator.Problem!.Message.ShouldContain("approvals.person:");
        asAgent.Problem!.Message.ShouldContain("approvals.person:");
    }

    [Fact]
    public async Task ItNeedsAReason()
    {
        var broken = await _world.Get<IApprovals>().BreakGlassAsync(_run.Id, _world.ActorOf(_ada), "urgent", default);

        broken.Problem!.Message.ShouldStartWith("approvals.reason:");
    }

    [Fact]
    public async Task ItExpires()
    {
        await BreakAsync(_ada);
        _world.Clock.Advance(TimeSpan.FromMinutes(61));

        await _world.DrainAsync("run.start");

        (await _world.FindAsync(_run)).State.ShouldBe(RunState.AwaitingApproval);
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task ItStandsForWhatItWasGivenForAlone()
    {
        await BreakAsync(_ada);

        var second = await _world.PushAsync('b', _run.Commit, ("churn/train.py", "2"));
        await _world.DrainAsync("run.start");

        second.State.ShouldBe(RunState.AwaitingApproval);
        _world.Platform.Calls.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task WhoeverBrokeItCannotBeTheSecondPerson()
    {
        var grace = _world.People.Add("grace", 10);
        await BreakAsync(grace);

        var own = await _world.GiveAsync(_run, grace);

        own.Problem!.Message.ShouldStartWith("approvals.once: let it go without approvals");
    }

    [Fact]
    public async Task TheSecondPersonsLookIsWrittenDown()
    {
        await BreakAsync(_ada);
        await _world.DrainAsync("run.start");

        await _world.ApproveAsync(_run, _world.People.Add("grace", 10));
        _world.Clock.Advance(TimeSpan.FromHours(25));
        await _world.DrainAsync("approval");

        (await _world.EntriesAsync("approval.bypass_reviewed")).ShouldHaveSingleItem();
        (await _world.EntriesAsync("approval.bypass_unreviewed")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T108")]
    public async Task NobodysLookIsFlagged()
    {
        await BreakAsync(_ada);
        await _world.DrainAsync("run.start");
        _world.Clock.Advance(TimeSpan.FromHours(25));

        await _world.DrainAsync("approval");

        (await _world.Storage.Approvals.FindBreakGlassAsync(_run.Id, default))!.FlaggedAt.ShouldNotBeNull();
        (await _world.EntriesAsync("approval.bypass_unreviewed")).ShouldHaveSingleItem();
        (await _world.TimelineAsync(_run)).ShouldContain(
            "approval: BREAK-GLASS: nobody else has looked at it within 24 h"
        );
    }

    private Task<Result<Run>> BreakAsync(Person person) => BreakAsync(_world.ActorOf(person));

    private Task<Result<Run>> BreakAsync(Actor actor) =>
        _world.Get<IApprovals>().BreakGlassAsync(_run.Id, actor, Reason, default);
}
