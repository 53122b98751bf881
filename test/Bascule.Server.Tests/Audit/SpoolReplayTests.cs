using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Runs;
using Bascule.Server.Audit;
using Bascule.Server.Tests.Runs;
using Bascule.Server.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Audit;

[Trait("Threat", "T116")]
public sealed class SpoolReplayTests : IAsyncLifetime
{
    private static readonly Problem Full = Problem.Unavailable("the disk is full");
    private ServerWorld _world = null!;

    private SpoolReplay Replay => _world.Get<SpoolReplay>();

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task WhatWaitedComesIntoTheLogOnceWithItsOwnTime()
    {
        var run = await _world.QueueAsync();
        var asked = AuditEntry.TimeText(_world.Clock.GetUtcNow());
        await CancelUnwrittenAsync(run);
        _world.Clock.Advance(TimeSpan.FromHours(1));
        await Replay.ReplayAsync(default);
        await Replay.ReplayAsync(default);

        var entry = (await _world.EntriesAsync(AuditTypes.RunAsked)).ShouldHaveSingleItem();
        ((string)entry["time"]!, (string)entry["spooled_at"]!).ShouldBe((asked, asked));
        ((string)entry["facts"]!["asked"]!).ShouldBe("cancel");
        new EntrySchema().Judge(entry).ShouldBeEmpty();
    }

    [Fact]
    public async Task WhileTheLogStillFailsItStaysInTheSpool()
    {
        await CancelUnwrittenAsync(await _world.QueueAsync());
        _world.Audit.Failing = Full;
        await Replay.ReplayAsync(default);
        (await _world.EntriesAsync(AuditTypes.RunAsked)).ShouldBeEmpty();

        _world.Audit.Failing = null;
        await Replay.ReplayAsync(default);
        (await _world.EntriesAsync(AuditTypes.RunAsked)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task WhatTheLogDoesNotTakeHoldsUpWhatCameAfterIt()
    {
        await CancelUnwrittenAsync(await _world.QueueAsync());
        await CancelUnwrittenAsync(await _world.QueueAsync('b'));
        var log = new RefusesOnce(_world.Storage.Audit);
        var replay = ActivatorUtilities.CreateInstance<SpoolReplay>(_world.Services, log);

        await replay.ReplayAsync(default);
        (await _world.EntriesAsync(AuditTypes.RunAsked)).ShouldBeEmpty();
        await replay.ReplayAsync(default);

        (await _world.EntriesAsync(AuditTypes.RunAsked)).Count.ShouldBe(2);
    }

    private sealed class RefusesOnce(IAuditLog log) : IAuditLog
    {
        private bool _refused;

        public Task<Result<long>> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancellationToken)
        {
            if (_refused)
                return log.AppendAsync(entry, cancellationToken);
            _refused = true;
            return Task.FromResult<Result<long>>(Full);
        }

        public Task<IReadOnlyList<AuditRecord>> ReadAsync(long from, int limit, CancellationToken cancellationToken) =>
            log.ReadAsync(from, limit, cancellationToken);

        public Task<IReadOnlyList<AuditRecord>> ReadLastAsync(int limit, CancellationToken cancellationToken) =>
            log.ReadLastAsync(limit, cancellationToken);
    }

    [Fact]
    public async Task ACrashBetweenAppendAndRemovalLeavesAMarkedDuplicate()
    {
        await CancelUnwrittenAsync(await _world.QueueAsync());
        var waiting = _world.Get<AuditSpool>().ReadWaiting().ShouldHaveSingleItem();
        (await _world.Storage.Audit.AppendAsync(waiting.Entry, default)).Problem.ShouldBeNull();

        await Replay.ReplayAsync(default);

        var entries = await _world.EntriesAsync(AuditTypes.RunAsked);
        entries.Count.ShouldBe(2);
        entries.Select(entry => (string)entry["id"]!).Distinct().ShouldHaveSingleItem();
        entries.ShouldAllBe(entry => entry["spooled_at"] != null);
    }

    [Fact]
    public async Task WhenTheSpoolIsFullACancelStopsAsWell()
    {
        var run = await _world.QueueAsync();
        var lines = string.Concat(Enumerable.Repeat("+{}\n", AuditSpool.MaxEntries));
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(_world.DatabaseFile)!, "audit.spool"), lines);
        _world.Audit.Failing = Full;

        var refused = await _world.Get<IRunCommands>().CancelAsync(run.Id, "operator", default);

        refused.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        (await _world.FindAsync(run)).CancelRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task OnlySafetyActsMayWaitInTheSpool()
    {
        _world.Audit.Failing = Full;
        var entry = new AuditEntry(AuditTypes.KeyMade, "bascule");

        (await _world.Get<AuditTrail>().WriteAsync(entry, default)).Problem.ShouldNotBeNull();
        _world.Get<AuditSpool>().ReadWaiting().ShouldBeEmpty();
        (await _world.Get<AuditTrail>().ForSafety.WriteAsync(entry, default)).Problem.ShouldBeNull();
        _world.Get<AuditSpool>().ReadWaiting().ShouldHaveSingleItem();
    }

    private async Task CancelUnwrittenAsync(Run run)
    {
        _world.Audit.Failing = Full;
        (await _world.Get<IRunCommands>().CancelAsync(run.Id, "operator", default)).Problem.ShouldBeNull();
        _world.Audit.Failing = null;
    }
}
