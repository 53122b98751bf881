using System.Text;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;
using Bascule.Testing.Audit;

namespace Bascule.Core.Tests.Audit.Verifying;

/// <summary>What somebody can do to a log who holds its database, and how it is found (THREATS T117).</summary>
[Trait("Threat", "T117")]
public sealed class LogVerifierTests
{
    private const int Size = 600;

    private static readonly byte[][] _entries = WrittenLog.Entries(Size);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(600)]
    public async Task AcceptsALogThatIsWhole(int size)
    {
        var log = WrittenLog.Of(WrittenLog.Entries(size));

        var verdict = await VerifyAsync(log);

        verdict.Findings.ShouldBeEmpty();
        (verdict.IsVerified, verdict.Entries, verdict.Checkpoint!.Size).ShouldBe((true, size, size));
    }

    [Fact]
    public async Task VouchesForNothingWithoutAKey()
    {
        var log = WrittenLog.Of(_entries);

        var verdict = (await LogVerifier.VerifyAsync(log, new LogExpectation(null), default)).Value;

        (verdict.IsVerified, verdict.FindingCount).ShouldBe((false, 0));
    }

    [Fact]
    public async Task NamesAChangedEntry()
    {
        var changed = WrittenLog.Of(_entries);
        Rewrite(changed, [.. _entries[..300], WrittenLog.Entry(9_000), .. _entries[301..]], tiles: false);

        (await FindingsAsync(changed)).ShouldBe([(LogFault.Changed, 300, 300)]);
    }

    [Fact]
    public async Task NamesTwoChangedEntriesAndNotOnlyTheFirst()
    {
        var changed = WrittenLog.Of(_entries);
        var entries = _entries.ToArray();
        (entries[7], entries[520]) = (WrittenLog.Entry(9_000), WrittenLog.Entry(9_001));
        Rewrite(changed, entries, tiles: false);

        (await FindingsAsync(changed)).ShouldBe([(LogFault.Changed, 7, 7), (LogFault.Changed, 520, 520)]);
    }

    [Fact]
    public async Task NamesARemovedEntryAndSaysThatTheRestMovedUp()
    {
        var log = WrittenLog.Of(_entries);
        Rewrite(log, [.. _entries[..100], .. _entries[101..], WrittenLog.Entry(9_000)], tiles: false);

        (await FindingsAsync(log)).ShouldBe([(LogFault.Removed, 100, 100), (LogFault.Inserted, 599, 599)]);
    }

    [Fact]
    public async Task NamesAnInsertedEntry()
    {
        var log = WrittenLog.Of(_entries);
        Rewrite(log, [.. _entries[..260], WrittenLog.Entry(9_000), .. _entries[260..^1]], tiles: false);

        (await FindingsAsync(log)).ShouldBe([(LogFault.Inserted, 260, 260), (LogFault.Truncated, 599, 599)]);
    }

    [Fact]
    public async Task NamesEntriesThatChangedPlaces()
    {
        var log = WrittenLog.Of(_entries);
        var entries = _entries.ToArray();
        (entries[10], entries[400]) = (entries[400], entries[10]);
        Rewrite(log, entries, tiles: false);

        var verdict = await VerifyAsync(log);

        verdict
            .Findings.Select(one => (one.Fault, one.From))
            .ShouldBe([(LogFault.Reordered, 10), (LogFault.Reordered, 400)]);
        verdict.Findings[0].Message.ShouldBe("entry 10 was moved: it stands at index 400");
    }

    [Fact]
    public async Task NamesWhereTheTailWasCutOff()
    {
        var log = WrittenLog.Of(_entries);
        log.Files.Remove("tile/entries/002.p/88");
        log.Files["tile/entries/001"] = WrittenLog.Of(_entries[..400]).Files["tile/entries/001.p/144"];

        (await FindingsAsync(log)).ShouldBe([(LogFault.Truncated, 400, 599)]);
    }

    [Fact]
    public async Task NamesWhereTheTailOfALongLogWasCutOff()
    {
        var entries = WrittenLog.Entries(10_000);
        var log = WrittenLog.Of(entries);
        foreach (var name in TileName.Of(TileName.Entries, entries.Length).Skip(3))
            log.Files.Remove(name.Path);

        (await FindingsAsync(log)).ShouldBe([(LogFault.Truncated, 768, 9_999)]);
    }

    [Fact]
    public async Task NamesEntriesThatAreMissingInBetween()
    {
        var log = WrittenLog.Of(_entries);
        log.Files.Remove("tile/entries/001");
        (await FindingsAsync(log)).ShouldBe([(LogFault.Removed, 256, 511)]);

        log.Files.Remove("tile/0/001");
        (await FindingsAsync(log)).ShouldContain((LogFault.Missing, 256, 511));
    }

    [Fact]
    public async Task SaysWhichTileIsDamagedWhenTheEntriesAreGood()
    {
        var log = WrittenLog.Of(_entries);
        log.Files["tile/0/000"][40] ^= 1;

        var verdict = await VerifyAsync(log);

        verdict
            .Findings.ShouldHaveSingleItem()
            .Message.ShouldStartWith("tile/0/000: 1 of its 256 hashes, the first at 1, are damaged");
    }

    [Fact]
    public async Task NamesTheRangeWhenTheLowestTileWasChangedWithItsEntry()
    {
        var log = WrittenLog.Of(_entries);
        var entries = _entries.ToArray();
        entries[300] = WrittenLog.Entry(9_000);
        var rewritten = WrittenLog.Of(entries);
        foreach (var path in (string[])["tile/entries/001", "tile/0/001"])
            log.Files[path] = rewritten.Files[path];

        (await FindingsAsync(log)).ShouldBe([(LogFault.Changed, 256, 511)]);
    }

    [Fact]
    public async Task FindsAHistoryThatWasRewrittenWithAllItsTiles()
    {
        var log = WrittenLog.Of(_entries);
        Rewrite(log, [.. _entries[..300], WrittenLog.Entry(9_000), .. _entries[301..]], tiles: true);

        (await VerifyAsync(log)).Findings.ShouldHaveSingleItem().Fault.ShouldBe(LogFault.Root);
    }

    [Fact]
    public async Task FindsAForkAgainstACheckpointFromBefore()
    {
        var before = WrittenLog.Of(_entries[..310]);
        var forked = WrittenLog.Of([.. _entries[..300], WrittenLog.Entry(9_000), .. _entries[301..]]);
        var honest = WrittenLog.Of(_entries);

        (await VerifyAsync(honest, before)).IsVerified.ShouldBeTrue();
        var found = (await VerifyAsync(forked, before)).Findings.ShouldHaveSingleItem();
        found.Fault.ShouldBe(LogFault.Forked);
        found.Message.ShouldContain("310 entries");
        (await VerifyAsync(forked, honest)).Findings.ShouldHaveSingleItem().Fault.ShouldBe(LogFault.Forked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(512)]
    [InlineData(599)]
    [InlineData(600)]
    public async Task KnowsItsRootAtEverySizeThatItHad(int size)
    {
        var other = _entries.ToArray();
        other[size - 1] = WrittenLog.Entry(9_000);

        (await VerifyAsync(WrittenLog.Of(_entries), WrittenLog.Of(_entries[..size]))).IsVerified.ShouldBeTrue();
        (await VerifyAsync(WrittenLog.Of(_entries), WrittenLog.Of(other[..size]))).IsVerified.ShouldBeFalse();
    }

    [Fact]
    public async Task FindsThatAnOldBackupWasPutBack()
    {
        var old = WrittenLog.Of(_entries[..500]);

        var found = (await VerifyAsync(old, WrittenLog.Of(_entries))).Findings.ShouldHaveSingleItem();

        (found.Fault, found.From, found.To).ShouldBe((LogFault.RolledBack, 500, 599));
    }

    [Fact]
    public async Task AsksForTheCosignatureOfEachWitness()
    {
        var log = WrittenLog.Of(_entries);
        using var witness = WrittenLog.SignerOf(7, "auditor.example.org");
        using var absent = WrittenLog.SignerOf(8, "other.example.org");
        var at = new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
        log.Cosign(witness, at);
        var expected = new LogExpectation(log.Key) { Witnesses = [witness.CosignatureKey, absent.CosignatureKey] };

        var verdict = (await LogVerifier.VerifyAsync(log, expected, default)).Value;

        verdict.Witnessed.ShouldHaveSingleItem().ShouldBe(new WitnessWord("auditor.example.org", at));
        verdict.Findings.ShouldHaveSingleItem().Message.ShouldContain("other.example.org");
    }

    [Fact]
    public async Task TakesNoLineForACosignatureThatTheWitnessHasNotSigned()
    {
        var log = WrittenLog.Of(_entries);
        using var witness = WrittenLog.SignerOf(7, "auditor.example.org");
        log.Cosign(witness, DateTimeOffset.UnixEpoch.AddYears(56));
        var line = log.Checkpoint.Signatures[^1];
        line.Payload[^1] ^= 1;
        log.Keep(WrittenLog.Of(_entries).Checkpoint.With(line));
        var expected = new LogExpectation(log.Key) { Witnesses = [witness.CosignatureKey] };

        var verdict = (await LogVerifier.VerifyAsync(log, expected, default)).Value;

        verdict.Witnessed.ShouldBeEmpty();
        verdict.Findings.ShouldHaveSingleItem().Fault.ShouldBe(LogFault.Cosignature);
    }

    [Fact]
    public async Task FindsEntriesThatAreNotInTheirOneForm()
    {
        var log = WrittenLog.Of([.. _entries[..3], Encoding.UTF8.GetBytes("{ \"v\": 1 }"), "{}"u8.ToArray()]);

        (await FindingsAsync(log)).ShouldBe([(LogFault.Form, 3, 3), (LogFault.Form, 4, 4)]);
    }

    [Fact]
    public async Task FindsTheFaultWithoutTilesOfHashesToo()
    {
        var log = new Unhashed(WrittenLog.Of(_entries));
        var changed = WrittenLog.Of(_entries);
        Rewrite(changed, [.. _entries[..300], WrittenLog.Entry(9_000), .. _entries[301..]], tiles: false);
        var key = new LogExpectation(changed.Key);

        (await LogVerifier.VerifyAsync(log, key, default)).Value.IsVerified.ShouldBeTrue();
        (await LogVerifier.VerifyAsync(new Unhashed(changed), key, default))
            .Value.Findings.ShouldHaveSingleItem()
            .Fault.ShouldBe(LogFault.Root);
    }

    [Fact]
    public async Task RefusesALogOfAnotherKey()
    {
        var verdict = (
            await LogVerifier.VerifyAsync(
                WrittenLog.Of(_entries),
                new LogExpectation(WrittenLog.Of(_entries, seed: 2).Key),
                default
            )
        ).Value;

        verdict.Findings.ShouldHaveSingleItem().Fault.ShouldBe(LogFault.Checkpoint);
    }

    private static void Rewrite(WrittenLog log, IReadOnlyList<byte[]> entries, bool tiles)
    {
        var other = WrittenLog.Of(entries);
        foreach (var (path, bytes) in other.Files)
            if (path.StartsWith("tile/entries/", StringComparison.Ordinal) || (tiles && path != "checkpoint"))
                log.Files[path] = bytes;
    }

    private static async Task<LogVerdict> VerifyAsync(WrittenLog log, params WrittenLog[] earlier)
    {
        var expected = new LogExpectation(log.Key)
        {
            Earlier = [.. earlier.Select(one => new EarlierCheckpoint("earlier", one.Checkpoint))],
        };
        return (await LogVerifier.VerifyAsync(log, expected, default)).Value;
    }

    private static async Task<IEnumerable<(LogFault, long?, long?)>> FindingsAsync(WrittenLog log) =>
        (await VerifyAsync(log)).Findings.Select(one => (one.Fault, one.From, one.To));

    private sealed class Unhashed(WrittenLog log) : ILogSource
    {
        public string Name => log.Name;
        public bool HasHashes => false;

        public Task<Result<ReadOnlyMemory<byte>>> ReadCheckpointAsync(CancellationToken cancellationToken) =>
            log.ReadCheckpointAsync(cancellationToken);

        public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(TileName name, CancellationToken cancellationToken) =>
            name.Level == TileName.Entries
                ? log.ReadAsync(name, cancellationToken)
                : throw new InvalidOperationException("there are no hashes to read");
    }
}
