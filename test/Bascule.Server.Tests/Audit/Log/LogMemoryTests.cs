using Bascule.Core;

namespace Bascule.Server.Tests.Audit.Log;

/// <summary>A database that does not know any more what was shown: by a failover that lost something, or by a file that was put back.</summary>
[Trait("Threat", "T117")]
public sealed class LogMemoryTests : IAsyncLifetime
{
    private const string Forget = """
        DROP TRIGGER audit_log_only_grows; DROP TRIGGER audit_entry_no_delete; DROP TRIGGER audit_tile_only_grows; DROP TRIGGER audit_entry_no_update;
        """;

    private LogWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await LogWorld.OpenAsync();
        await _world.WriteAsync(3);
        await _world.PublishAsync();
        await _world.PublishAsync();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task WhatWasShownIsRememberedByItsOwnerOnly()
    {
        var remembered = await File.ReadAllTextAsync(_world.MemoryFile);

        remembered.ShouldStartWith("1\nbascule.example.com/audit\n");
        File.GetUnixFileMode(_world.MemoryFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task AShorterLogEndsItsEpochAndBasculeStops()
    {
        var shown = await _world.CheckpointAsync();
        await _world.TamperAsync($"{Forget} UPDATE audit_log SET published_size = 1, size = 1");

        var published = await PublishAsync();

        published.ShouldNotBeNull().Message.ShouldContain("lost history");
        _world.IsStopped.ShouldBeTrue();
        var start = await _world.Logs.ReadStartAsync(default);
        start.Epoch.ShouldBe(2);
        var first = (await _world.EntriesAsync("history.lost")).ShouldHaveSingleItem();
        ((string)first["facts"]!["shown"]!).ShouldContain(shown.Root.ToString());
        start.FirstEntry.ShouldBe((await _world.EntriesAsync()).Count - 1);
    }

    [Fact]
    public async Task OtherHashesAtTheSameSizeAreFoundAtTheNextStart()
    {
        await _world.TamperAsync($"{Forget} UPDATE audit_tile SET hashes = zeroblob(length(hashes))");

        (await PublishAsync()).ShouldNotBeNull().Message.ShouldContain("lost history");

        _world.IsStopped.ShouldBeTrue();
    }

    [Fact]
    public async Task TheNextEpochHasALogOfItsOwnThatBeginsWithTheReason()
    {
        await _world.TamperAsync($"{Forget} UPDATE audit_log SET published_size = 1, size = 1");
        await PublishAsync();

        (await _world.Opening.EnsureAsync(default)).Problem.ShouldBeNull();
        await _world.PublishAsync();

        var log = await _world.LogAsync();
        (log.Number, log.Origin).ShouldBe((2, "bascule.example.com/audit/2"));
        var first = (await _world.EntriesAsync())[(int)log.FirstEntry];
        System.Text.Encoding.UTF8.GetString(first.Entry.Span).ShouldContain("history.lost");
        (await _world.CheckpointAsync()).Size.ShouldBe(2);
    }

    [Fact]
    public async Task AReplicaThatStillHoldsTheFormerKeyStops()
    {
        using var former = await _world.KeysAsync();
        await _world.TamperAsync($"{Forget} UPDATE audit_log SET published_size = 1, size = 1");
        await PublishAsync();
        await _world.Opening.EnsureAsync(default);

        var published = await _world.Publisher().PublishAsync(former, default);

        published.Problem.ShouldNotBeNull().Message.ShouldContain("new epoch");
        (await _world.LogAsync()).Size.ShouldBe(0);
    }

    [Fact]
    public async Task AGrownLogIsRememberedAndSoIsADamagedFileForgotten()
    {
        await _world.WriteAsync(3);
        await _world.PublishAsync();
        (await PublishAsync()).ShouldBeNull();
        await File.WriteAllTextAsync(_world.MemoryFile, "1\nnonsense");

        (await PublishAsync()).ShouldBeNull();

        _world.IsStopped.ShouldBeFalse();
        (await File.ReadAllTextAsync(_world.MemoryFile)).ShouldContain(
            (await _world.CheckpointAsync()).Root.ToString()
        );
    }

    private async Task<Problem?> PublishAsync()
    {
        using var keys = await _world.KeysAsync();
        return (await _world.Publisher().PublishAsync(keys, default)).Problem;
    }
}
