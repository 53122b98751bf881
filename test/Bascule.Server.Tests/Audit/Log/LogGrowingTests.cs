using Bascule.Core;
using Bascule.Core.Audit.Log;
using Bascule.Server.Audit.Log;

namespace Bascule.Server.Tests.Audit.Log;

[Trait("Threat", "T117")]
public sealed class LogGrowingTests : IAsyncLifetime
{
    private LogWorld _world = null!;

    public async Task InitializeAsync() => _world = await LogWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task ACheckpointCoversEveryEntryAndEachIsProven()
    {
        await _world.WriteAsync(300);

        await _world.PublishAsync();

        var (checkpoint, entries) = (await _world.CheckpointAsync(), await _world.EntriesAsync());
        checkpoint.Size.ShouldBe(entries.Count);
        var tree = new TileTree(_world.Tiles(await _world.LogAsync()), checkpoint.Size);
        foreach (var record in entries.Where(record => record.Index % 50 == 0))
        {
            var path = (await tree.InclusionAsync(record.Index, default)).Value;
            var leaf = TreeHash.OfLeaf(record.Entry.Span);
            TreeProof.Includes(checkpoint.Root, checkpoint.Size, record.Index, leaf, path).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task EachCheckpointExtendsTheOneBefore()
    {
        await _world.WriteAsync(3);
        await _world.PublishAsync();
        var before = await _world.CheckpointAsync();
        await _world.WriteAsync(1500);
        await _world.PublishAsync();
        var after = await _world.CheckpointAsync();

        var tree = new TileTree(_world.Tiles(await _world.LogAsync()), after.Size);
        var path = (await tree.ConsistencyAsync(before.Size, default)).Value;

        TreeProof.Extends(before.Root, before.Size, after.Root, after.Size, path).ShouldBeTrue();
        after.Size.ShouldBe(before.Size + 1500);
    }

    [Fact]
    public async Task NothingNewIsSignedNoSecondTime()
    {
        await _world.WriteAsync(3);
        await _world.PublishAsync();
        var before = await _world.Logs.FindAsync(1, (await _world.LogAsync()).Size, default);

        await _world.PublishAsync();

        var after = await _world.Logs.FindAsync(1, (await _world.LogAsync()).Size, default);
        after!.Note.ShouldBe(before!.Note);
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task OfTwoThatSignAtOnceOneDoes()
    {
        await _world.WriteAsync(3);
        var log = await _world.LogAsync();
        using var keys = await _world.KeysAsync();

        var first = await _world.Growing.GrowAsync(log, keys, default);
        await _world.WriteAsync(2);
        var second = await _world.Growing.GrowAsync(log, keys, default);

        first.Value.ShouldBeTrue();
        second.Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Conflict);
        (await _world.LogAsync()).Size.ShouldBe(log.Size + (await _world.CheckpointAsync()).Size);
    }

    [Theory]
    [InlineData("a hash", "UPDATE audit_tile SET hashes = zeroblob(length(hashes))", "its hashes are not")]
    [InlineData("a tile", "DELETE FROM audit_tile", "there is no tile")]
    [InlineData("the checkpoint", "DELETE FROM audit_checkpoint", "is missing")]
    [InlineData("its text", "UPDATE audit_checkpoint SET note = replace(note, 'audit', 'other')", "of the log")]
    [InlineData(
        "its signature",
        "UPDATE audit_checkpoint SET note = substr(note, 1, length(note) - 6) || 'AAAA=' || char(10)",
        "not signed by"
    )]
    public async Task AfterSomebodyChanged(string what, string sql, string because)
    {
        await _world.WriteAsync(3);
        await _world.PublishAsync();
        var before = await _world.LogAsync();
        await _world.TamperAsync($"DROP TRIGGER audit_tile_only_grows; DROP TRIGGER audit_checkpoint_no_update; {sql}");
        await _world.WriteAsync(1);
        using var keys = await _world.KeysAsync();

        var grown = await _world.Growing.GrowAsync(before, keys, default);

        var problem = grown.Problem.ShouldNotBeNull(what);
        (problem.Code, problem.Message).ShouldBe((ProblemCode.Internal, problem.Message));
        problem.Message.ShouldContain("signed no more");
        problem.Message.ShouldContain(because);
        (await _world.LogAsync()).Size.ShouldBe(before.Size);
    }

    [Fact]
    public async Task WithoutTheStandbysThatAreDemandedNothingIsShown()
    {
        await using var world = await LogWorld.OpenAsync(new AuditLogSettings([], Standbys: 1));
        await world.WriteAsync(3);

        await world.PublishAsync();

        var log = await world.LogAsync();
        (log.Size > 0, log.PublishedSize).ShouldBe((true, 0));
    }

    [Fact]
    [Trait("Threat", "T146")]
    public async Task AnotherMasterKeyDoesNotOpenTheLogsKey()
    {
        var log = await _world.LogAsync();
        byte[] other = [.. log.SealedKey];
        other[^1] ^= 1;

        Should.Throw<System.Security.Cryptography.CryptographicException>(() =>
            _world.Opening.OpenKeys(log with { SealedKey = other })
        );
    }

    [Fact]
    public async Task TheOpeningIsAnEntryThatNamesTheKey()
    {
        var entry = (await _world.EntriesAsync("log.opened")).ShouldHaveSingleItem();
        using var keys = await _world.KeysAsync();

        ((string)entry["facts"]!["key"]!).ShouldBe(keys.Key.ToString());
        ((string)entry["facts"]!["origin"]!).ShouldBe("bascule.example.com/audit");
        (await _world.Opening.EnsureAsync(default)).Value.Number.ShouldBe(1);
        (await _world.EntriesAsync("log.opened")).Count.ShouldBe(1);
    }
}
