using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Events;
using Bascule.Server.Tests.Reports;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Events;

public sealed class EventReplayTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ADeliveryThatWasLookedAtIsLookedAtOnceMore()
    {
        var delivery = await SettledAsync();

        (await ReplayAsync(delivery.Uid)).Problem.ShouldBeNull();

        (await _world.DueAsync("event")).ShouldHaveSingleItem().Subject.ShouldBe(delivery.Uid);
        (await _world.OutcomeAsync(delivery)).ShouldBeNull();
        var entry = (await _world.EntriesAsync("work.replayed")).ShouldHaveSingleItem();
        ((string)entry["actor"]!, (string)entry["facts"]!["event"]!).ShouldBe(("operator", delivery.Uid));
    }

    [Fact]
    public async Task ADeliveryThatWaitsIsNotPutInASecondTime()
    {
        var delivery = await _world.DeliverAsync(Hints.Push());

        var refused = await ReplayAsync(delivery.Uid);

        refused.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await _world.DueAsync("event")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task OfManyWhoAskAtOnceOneIsHeard()
    {
        var delivery = await SettledAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReplayAsync(delivery.Uid)));

        answers.Count(answer => answer.Problem is null).ShouldBe(1);
        (await _world.DueAsync("event")).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T148")]
    public async Task ARowThatWasSetAsideGoesBackAsIfItWereNew()
    {
        var item = await SetAsideAsync("lab.kind", "subject");

        (await ReplayAsync($"{item.Id}")).Problem.ShouldBeNull();

        var back = (await _world.DueAsync("lab")).ShouldHaveSingleItem();
        (back.Lane, back.Subject, back.Attempt).ShouldBe((item.Lane, item.Subject, 0));
        (await _world.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldBeEmpty();
        (await ReplayAsync($"{item.Id}")).Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [Fact]
    public async Task WhatWaitsAlreadyStaysAside()
    {
        var item = await SetAsideAsync("lab.kind", "subject");
        await _world.ApplyAsync(Row("lab.kind", "subject"));

        (await ReplayAsync($"{item.Id}")).Problem!.Code.ShouldBe(ProblemCode.Conflict);

        (await _world.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task AStepOfARunThatEndedNamesTheRemedy()
    {
        var run = await _world.AddAsync(ReportStage.ARun(RunState.Failed));
        var item = await SetAsideAsync("run.start", run.Id.Text);

        (await ReplayAsync($"{item.Id}")).Problem!.Message.ShouldContain($"bascule run retry {run.Id}");
    }

    [Theory]
    [InlineData("d-unknown")]
    [InlineData("4711")]
    [InlineData("")]
    public async Task WhatIsNotThereIsNotFound(string id) =>
        (await ReplayAsync(id)).Problem!.Code.ShouldBe(ProblemCode.NotFound);

    [Fact]
    [Trait("Threat", "T116")]
    public async Task WithoutItsAuditEntryNothingIsPutBack()
    {
        var delivery = await SettledAsync();
        _world.Audit.Failing = Problem.Unavailable("disk full");

        (await ReplayAsync(delivery.Uid)).Problem!.Code.ShouldBe(ProblemCode.Unavailable);

        (await _world.DueAsync("event")).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhatNobodyHasToDoAnyMoreIsTakenOffTheListWithTheReason()
    {
        var item = await SetAsideAsync("lab.kind", "subject");

        (await DismissAsync($"{item.Id}", "the repository is gone")).Problem.ShouldBeNull();

        (await _world.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldBeEmpty();
        (await _world.DueAsync("lab")).ShouldBeEmpty();
        var entry = (await _world.EntriesAsync("work.dismissed")).ShouldHaveSingleItem();
        ((string)entry["actor"]!, (string)entry["facts"]!["reason"]!).ShouldBe(("operator", "the repository is gone"));
        ((string)entry["facts"]!["subject"]!, (string)entry["facts"]!["failed"]!).ShouldBe(("subject", "it broke"));
    }

    [Theory]
    [InlineData(null, "", ProblemCode.Invalid)]
    [InlineData(null, " \n", ProblemCode.Invalid)]
    [InlineData("4711", "why", ProblemCode.NotFound)]
    [InlineData("d-1", "why", ProblemCode.NotFound)]
    public async Task NothingElseIsTakenOffTheList(string? id, string reason, ProblemCode code)
    {
        var item = await SetAsideAsync("lab.kind", "subject");

        (await DismissAsync(id ?? $"{item.Id}", reason)).Problem!.Code.ShouldBe(code);

        (await _world.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task WithoutItsAuditEntryNothingIsTakenOffTheList()
    {
        var item = await SetAsideAsync("lab.kind", "subject");
        _world.Audit.Failing = Problem.Unavailable("disk full");

        (await DismissAsync($"{item.Id}", "why")).Problem!.Code.ShouldBe(ProblemCode.Unavailable);

        (await _world.Storage.Work.ReadQuarantinedAsync(10, default)).ShouldHaveSingleItem();
    }

    private Task<Result<Replayed>> DismissAsync(string id, string reason) =>
        _world.Get<EventDismissal>().DismissAsync(id, reason, "operator", default);

    private Task<Result<Replayed>> ReplayAsync(string id) =>
        _world.Get<EventReplay>().ReplayAsync(id, "operator", default);

    private async Task<Delivery> SettledAsync()
    {
        var delivery = await _world.DeliverAsync(Hints.Push());
        var item = (await _world.DueAsync("event"))[0];
        var settled = WorkResult.Finished(new SettleDelivery(delivery.Uid, "main had not moved"));
        (
            await _world.Storage.Work.SettleAsync(item, settled, _world.Clock.GetUtcNow(), default)
        ).Problem.ShouldBeNull();
        return delivery;
    }

    private async Task<WorkItem> SetAsideAsync(string kind, string subject)
    {
        await _world.ApplyAsync(Row(kind, subject));
        var item = (await _world.DueAsync(kind)).Single(row => row.Subject == subject);
        var aside = new QuarantinedWork(Problem.Internal("it broke"));
        (await _world.Storage.Work.SettleAsync(item, aside, _world.Clock.GetUtcNow(), default)).Problem.ShouldBeNull();
        return item;
    }

    private AddWork Row(string kind, string subject) =>
        new(new NewWork("lane", kind, subject, _world.Clock.GetUtcNow()));
}
