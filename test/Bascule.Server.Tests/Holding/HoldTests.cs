using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Work;
using Bascule.Server.Connect;
using Bascule.Server.Holding;
using Bascule.Server.Tests.Events;
using Bascule.Server.Tests.Work;
using Bascule.Server.Tests.World;
using Bascule.Server.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Holding;

public sealed class HoldTests : IAsyncLifetime
{
    private readonly LabHandler _handler = new();
    private ServerWorld _world = null!;
    private Dispatcher _dispatcher = null!;

    public async Task InitializeAsync()
    {
        _world = await ServerWorld.OpenAsync();
        _dispatcher = ActivatorUtilities.CreateInstance<Dispatcher>(
            _world.Services,
            (IEnumerable<IWorkHandler>)[_handler]
        );
    }

    public async Task DisposeAsync()
    {
        await _dispatcher.StopAsync(default);
        await _world.DisposeAsync();
    }

    [Fact]
    [Trait("Threat", "T146")]
    public async Task AHeldInstallationTakesDeliveriesAndDoesNothingUntilAnOperatorSaysSo()
    {
        await _world.HoldAsync();
        await _world.ApplyAsync(Row("before"));
        await _dispatcher.StartAsync(default);
        await _world.DeliverAsync(Hints.Push());
        await UntilAsync(() =>
            _world.Logs.Lines.Any(line => line.Contains("acts on nothing", StringComparison.Ordinal))
        );
        _handler.Handled.ShouldBeEmpty();

        (await _world.Get<HoldRelease>().ReleaseAsync("operator", default)).Problem.ShouldBeNull();

        await UntilAsync(() => _handler.Handled.Contains("before"));
        (await _world.EntriesAsync("installation.resumed")).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T146")]
    public async Task WithoutItsAuditEntryItStaysHeld()
    {
        await _world.HoldAsync();
        _world.Audit.Failing = Problem.Unavailable("disk full");

        var refused = await _world.Get<HoldRelease>().ReleaseAsync("operator", default);

        refused.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        (await _world.Storage.Installation.ReadHoldAsync(default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task WhatIsNotHeldIsNotReleased()
    {
        (await _world.Get<HoldRelease>().ReleaseAsync("operator", default)).Problem!.Code.ShouldBe(
            ProblemCode.Conflict
        );
        (await _world.EntriesAsync("installation.resumed")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T146")]
    public async Task AHeldInstallationRegistersNoWebhooksAndDoctorSaysWhy()
    {
        await _world.HoldAsync();

        var connected = await ListAsync(_world.Get<Connector>().ConnectAsync(rotate: false, default));
        var examined = await ListAsync(_world.Get<Doctor>().ExamineAsync(default));

        connected.ShouldHaveSingleItem().Kind.ShouldBe(FindingKind.Bad);
        examined[0].Text.ShouldContain("bascule resume");
    }

    private AddWork Row(string subject) => new(new NewWork("lane", "lab", subject, _world.Clock.GetUtcNow()));

    private static async Task<IReadOnlyList<Finding>> ListAsync(IAsyncEnumerable<Finding> findings)
    {
        var list = new List<Finding>();
        await foreach (var finding in findings)
            list.Add(finding);
        return list;
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!reached())
            await Task.Delay(5, patience.Token);
    }
}
