using System.Text;
using Bascule.Core.Audit.Log;
using Bascule.Core.Installation;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class LogStoreConformance(IStorageUnderTest database) : StorageConformance(database)
{
    private static readonly byte[] _key = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    [Fact]
    public async Task AnEpochHasOneLogAndItStays()
    {
        (await Storage.AuditLogs.ListAsync(None)).ShouldBeEmpty();
        (await Storage.AuditLogs.ReadStartAsync(None)).ShouldBe(new LogStart(1, 0));

        await ApplyAsync(new OpenLog(ALog()));

        await ShouldConflictAsync(new OpenLog(ALog() with { Origin = "other.example/audit" }));
        await ShouldConflictAsync(new OpenLog(ALog() with { Number = 2 }));
        await ReopenAsync();
        var log = (await Storage.AuditLogs.ListAsync(None)).ShouldHaveSingleItem();
        (log.Number, log.Origin, log.Size, log.PublishedSize).ShouldBe((1, "bascule.example/audit", 0, 0));
        log.PublicKey.ShouldBe(_key);
        log.OpenedAt.ShouldBe(Noon);
    }

    [Fact]
    [Trait("Threat", "T147")]
    public async Task OnlyWhoKnowsItsSizeLetsItGrow()
    {
        await ApplyAsync(new OpenLog(ALog()));

        await ApplyAsync(Grow(from: 0, size: 2));

        await ShouldConflictAsync(Grow(from: 0, size: 3));
        var log = (await Storage.AuditLogs.ListAsync(None))[0];
        (log.Size, log.PublishedSize).ShouldBe((2, 2));
        (await Storage.AuditLogs.FindAsync(1, 2, None)).ShouldNotBeNull().Note.ShouldBe("note 2");
        (await Storage.AuditLogs.FindAsync(1, 3, None)).ShouldBeNull();
    }

    [Fact]
    public async Task ATileIsReadAsItWasGrown()
    {
        await ApplyAsync(new OpenLog(ALog()), Grow(from: 0, size: 1), Grow(from: 1, size: 3));

        var hashes = await Storage.AuditLogs.ReadTileAsync(1, 0, 0, None);

        hashes!.Value.ToArray().ShouldBe(Hashes(3));
        (await Storage.AuditLogs.ReadTileAsync(1, 1, 0, None)).ShouldBeNull();
        (await Storage.AuditLogs.ReadTileAsync(2, 0, 0, None)).ShouldBeNull();
    }

    [Fact]
    [Trait("Threat", "T117")]
    public async Task WhatWasShownCannotBeWrittenAgain()
    {
        await ApplyAsync(new OpenLog(ALog()), Grow(from: 0, size: 3));
        var other = new LogGrowth(4, TreeHash.Empty, [new GrownTile(0, 0, [.. Hashes(4).Reverse()])]);

        await Should.ThrowAsync<Exception>(() =>
            Storage.Work.ApplyAsync([new GrowLog(1, 3, other, "note 4", Noon, Publish: true)], None)
        );
        await Should.ThrowAsync<Exception>(() => Storage.Work.ApplyAsync([Grow(from: 3, size: 1)], None));

        (await Storage.AuditLogs.ListAsync(None))[0].Size.ShouldBe(3);
        (await Storage.AuditLogs.ReadTileAsync(1, 0, 0, None))!.Value.ToArray().ShouldBe(Hashes(3));
    }

    [Fact]
    public async Task ACheckpointIsShownWhenItIsPublishedAndForgottenAfterTheNext()
    {
        await ApplyAsync(new OpenLog(ALog()), Grow(from: 0, size: 2), Grow(from: 2, size: 3, publish: false));

        (await Storage.AuditLogs.ListAsync(None))[0].PublishedSize.ShouldBe(2);
        (await Storage.AuditLogs.FindAsync(1, 2, None)).ShouldNotBeNull();
        await ShouldConflictAsync(new PublishCheckpoint(1, 4));

        await ApplyAsync(new PublishCheckpoint(1, 3));

        await ShouldConflictAsync(new PublishCheckpoint(1, 3));
        await ShouldConflictAsync(new PublishCheckpoint(1, 2));
        (await Storage.AuditLogs.FindAsync(1, 2, None)).ShouldBeNull();
        (await Storage.AuditLogs.FindAsync(1, 3, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task WhatAWitnessHasSignedIsKept()
    {
        await ApplyAsync(new OpenLog(ALog()), Grow(from: 0, size: 2));
        (await Storage.AuditLogs.FindWitnessedAsync(1, None)).ShouldBeNull();

        await ApplyAsync(new KeepCosignature(1, 2, "note 2\n", "witness+1+a", "line a", Noon));
        await ApplyAsync(new KeepCosignature(1, 2, "note 2\n", "witness+1+a", "line again", Noon));
        await ApplyAsync(new KeepCosignature(1, 2, "note 2\n", "witness+2+b", "line b", Noon));
        await ApplyAsync(Grow(from: 2, size: 3));

        var witnessed = (await Storage.AuditLogs.FindWitnessedAsync(1, None)).ShouldNotBeNull();
        (witnessed.Size, witnessed.Note).ShouldBe((2, "note 2"));
        witnessed.Cosignatures.ShouldBe(["line a", "line b"]);
        (await Storage.AuditLogs.FindAsync(1, 3, None)).ShouldNotBeNull().Cosignatures.ShouldBeEmpty();
    }

    [Fact]
    public async Task ACosignatureBringsItsCheckpointBack()
    {
        await ApplyAsync(new OpenLog(ALog()), Grow(from: 0, size: 2), Grow(from: 2, size: 3));
        (await Storage.AuditLogs.FindAsync(1, 2, None)).ShouldBeNull();

        await ApplyAsync(new KeepCosignature(1, 2, "note 2", "witness+1+a", "line a", Noon));

        (await Storage.AuditLogs.FindWitnessedAsync(1, None)).ShouldNotBeNull().Note.ShouldBe("note 2");
    }

    [Fact]
    public async Task PostingsAreReadByListAndBlock()
    {
        (await Storage.AuditLogs.CountIndexedAsync(None)).ShouldBe(0);

        await ApplyAsync(Index(0, "a0", "b0"), Index(1, "a1", ""), Index(2, "a2", "b2"));

        (await Storage.AuditLogs.CountIndexedAsync(None)).ShouldBe(3);
        (await PostingsAsync(0, 0, 3)).ShouldBe(["0 a0", "1 a1", "2 a2"]);
        (await PostingsAsync(1, 1, 3)).ShouldBe(["1 ", "2 b2"]);
        (await PostingsAsync(1, 0, 1)).ShouldBe(["0 b0"]);
        (await PostingsAsync(2, 0, 3)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ABlockIsIndexedOnce()
    {
        await ApplyAsync(Index(0, "theirs"));

        await ApplyAsync(Index(0, "mine"));

        (await PostingsAsync(0, 0, 1)).ShouldBe(["0 theirs"]);
    }

    [Fact]
    public async Task AnEpochEndsOnceAndTheNextLogBeginsAtTheNextEntry()
    {
        await AppendAsync("a", "b");
        await ApplyAsync(new OpenLog(ALog()));

        await ApplyAsync(new BeginEpoch(1, "its history is gone", Noon));

        await ShouldConflictAsync(new BeginEpoch(1, "again", Noon));
        (await Storage.AuditLogs.ReadStartAsync(None)).ShouldBe(new LogStart(2, 2));
        (await Storage.Installation.ReadHoldAsync(None)).ShouldNotBeNull().Because.ShouldBe("its history is gone");
        await ApplyAsync(new OpenLog(ALog() with { Number = 2, Epoch = 2, FirstEntry = 2 }));
        (await Storage.AuditLogs.ListAsync(None)).Select(log => log.Number).ShouldBe([2, 1]);
    }

    private static IndexBlock Index(long block, params string[] lists) =>
        new(block, [.. lists.Select(list => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(list))]);

    private async Task<string[]> PostingsAsync(int list, long from, long before)
    {
        var found = await Storage.AuditLogs.ReadPostingsAsync(list, from, before, None);
        return
        [
            .. found
                .OrderBy(one => one.Block)
                .Select(one =>
                    FormattableString.Invariant($"{one.Block} {Encoding.UTF8.GetString(one.Postings.Span)}")
                ),
        ];
    }

    private async Task AppendAsync(params string[] entries)
    {
        foreach (var entry in entries)
            (await Storage.Audit.AppendAsync(Encoding.UTF8.GetBytes(entry), None)).Problem.ShouldBeNull();
    }

    private static StoredLog ALog() => new(1, 1, "bascule.example/audit", 0, _key, [9, 9], Noon);

    private static GrowLog Grow(long from, int size, bool publish = true) =>
        new(
            1,
            from,
            new LogGrowth(size, TreeHash.Empty, [new GrownTile(0, 0, Hashes(size))]),
            FormattableString.Invariant($"note {size}"),
            Noon,
            publish
        );

    private static byte[] Hashes(int count) =>
        [.. Enumerable.Range(1, count).SelectMany(number => Enumerable.Repeat((byte)number, TreeHash.Length))];
}
