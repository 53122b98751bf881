using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Server.Connect;
using Bascule.Server.Holding;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.Work;

namespace Bascule.Server.Tests.Holding;

public sealed class HoldTests : DispatcherStage
{
    [Fact]
    [Trait("Threat", "T146")]
    public async Task AHeldInstallationTakesDeliveriesAndDoesNothingUntilAnOperatorSaysSo()
    {
        await World.HoldAsync();
        await AddAsync("lane", "before");
        await StartAsync();
        await World.DeliverAsync(Hints.Push());
        await UntilAsync(() =>
            World.Logs.Lines.Any(line => line.Contains("acts on nothing", StringComparison.Ordinal))
        );
        Handler.Handled.ShouldBeEmpty();

        (await World.Get<HoldRelease>().ReleaseAsync("operator", default)).Problem.ShouldBeNull();

        await UntilAsync(() => Handler.Handled.Contains("before"));
        (await World.EntriesAsync("installation.resumed")).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T146")]
    public async Task WithoutItsAuditEntryItStaysHeld()
    {
        await World.HoldAsync();
        World.Audit.Failing = Problem.Unavailable("disk full");

        var refused = await World.Get<HoldRelease>().ReleaseAsync("operator", default);

        refused.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        (await World.Storage.Installation.ReadHoldAsync(default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task WhatIsNotHeldIsNotReleased()
    {
        (await World.Get<HoldRelease>().ReleaseAsync("operator", default)).Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await World.EntriesAsync("installation.resumed")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T146")]
    public async Task AHeldInstallationRegistersNoWebhooksAndDoctorSaysWhy()
    {
        await World.HoldAsync();

        var connected = await ListAsync(World.Get<Connector>().ConnectAsync(rotate: false, default));
        var examined = await ListAsync(World.Get<Doctor>().ExamineAsync(default));

        connected.ShouldHaveSingleItem().Kind.ShouldBe(FindingKind.Bad);
        examined[0].Text.ShouldContain("bascule resume");
    }

    private static async Task<IReadOnlyList<Finding>> ListAsync(IAsyncEnumerable<Finding> findings)
    {
        var list = new List<Finding>();
        await foreach (var finding in findings)
            list.Add(finding);
        return list;
    }
}
