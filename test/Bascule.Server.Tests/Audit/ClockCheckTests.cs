using Bascule.Core.Audit;
using Bascule.Server.Audit;
using Bascule.Server.Tests.World;

namespace Bascule.Server.Tests.Audit;

[Trait("Threat", "T120")]
public sealed class ClockCheckTests : IAsyncLifetime
{
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task AClockThatWentBackADayIsWrittenDownAndOrderStaysByIndex()
    {
        await WriteAsync();
        var newest = _world.Clock.GetUtcNow();

        await CheckAfterAsync(TimeSpan.FromDays(-1));

        var entries = await _world.EntriesAsync();
        entries.Select(entry => (string)entry["type"]!).ShouldBe([AuditTypes.KeyMade, AuditTypes.ClockWentBack]);
        ((long)entries[1]["facts"]!["newest"]!).ShouldBe(newest.ToUnixTimeMilliseconds());
        ((long)entries[1]["facts"]!["behind_ms"]!).ShouldBe((long)TimeSpan.FromDays(1).TotalMilliseconds);
        _world.Logs.Lines.ShouldContain(line =>
            line.Contains("behind the newest audit entry", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(60)]
    public async Task ALittleBackOrForwardIsNothing(int minutes)
    {
        await WriteAsync();

        await CheckAfterAsync(TimeSpan.FromMinutes(minutes));

        (await _world.EntriesAsync(AuditTypes.ClockWentBack)).ShouldBeEmpty();
    }

    [Fact]
    public async Task AnEntryOfASlowClockDoesNotHideWhatCameBeforeIt()
    {
        await WriteAsync();
        await CheckAfterAsync(TimeSpan.FromDays(-1));
        await CheckAfterAsync(TimeSpan.Zero);

        (await _world.EntriesAsync(AuditTypes.ClockWentBack)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task AnEmptyLogSaysNothing()
    {
        await CheckAfterAsync(TimeSpan.FromDays(-1));

        (await _world.EntriesAsync()).ShouldBeEmpty();
    }

    private async Task CheckAfterAsync(TimeSpan passed)
    {
        _world.Clock.Advance(passed);
        (await _world.Get<ClockCheck>().CheckAsync(default)).Problem.ShouldBeNull();
    }

    private async Task WriteAsync() =>
        (
            await _world
                .Get<AuditTrail>()
                .WriteAsync(new AuditEntry(AuditTypes.KeyMade, "bascule") { Facts = new() { ["kid"] = "k" } }, default)
        ).Problem.ShouldBeNull();
}
