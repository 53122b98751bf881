using Bascule.Core.Audit.Log;
using Bascule.Testing.Storage;

namespace Bascule.Storage.Tests;

/// <summary>With a real standby server: what a checkpoint may wait for (<c>audit.standbys</c>).</summary>
[Trait("Threat", "T117")]
public sealed class StandbyTests : IAsyncLifetime
{
    private PostgresServer _primary = null!;
    private PostgresStorage _storage = null!;

    private ILogStore Logs => _storage.AuditLogs;

    public async Task InitializeAsync()
    {
        _primary = await PostgresServer.StartAsync(durable: true);
        var address = _primary.AddressOf(await _primary.CreateDatabaseAsync());
        _storage = await PostgresStorage.OpenAsync(address, TimeProvider.System, default);
    }

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _primary.DisposeAsync();
    }

    [Fact]
    public async Task AStandbyCountsOnceItHasWrittenEverythingAndNoMoreWhenItIsGone()
    {
        var alone = await AppendAsync();
        (await Logs.CountStandbysAsync(alone, default)).ShouldBe(0);

        await using (await _primary.StandByAsync())
        {
            await UntilCountedAsync(alone);
            await UntilCountedAsync(await AppendAsync());
        }

        (await Logs.CountStandbysAsync(await AppendAsync(), default)).ShouldBe(0);
    }

    /// <summary>Where the database is after one more entry.</summary>
    private async Task<string> AppendAsync()
    {
        (await _storage.Audit.AppendAsync("{}"u8.ToArray(), default)).Problem.ShouldBeNull();
        return (await Logs.ReadPositionAsync(default)).ShouldNotBeNull();
    }

    private async Task UntilCountedAsync(string position)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); ; await Task.Delay(50))
        {
            if (await Logs.CountStandbysAsync(position, default) == 1)
                return;
            DateTime.UtcNow.ShouldBeLessThan(deadline, "the standby never had everything");
        }
    }
}
