using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;
using Bascule.Testing.Audit;

namespace Bascule.Core.Tests.Audit.Verifying;

[Trait("Threat", "T118")]
public sealed class ProvingTests
{
    private static readonly byte[][] _entries = WrittenLog.Entries(600);

    private readonly WrittenLog _log = WrittenLog.Of(_entries);

    [Fact]
    public async Task ProvesEveryEntryAndNoneForAnother()
    {
        foreach (var index in (int[])[0, 1, 255, 256, 598, 599])
        {
            var proven = (await Proving.ProveAsync(_log, _log.Checkpoint, index, default)).Value;

            proven.Entry.ToArray().ShouldBe(_entries[index]);
            proven.Proof.Verify(_entries[index], _log.Key).Problem.ShouldBeNull();
            proven.Proof.Verify(_entries[(index + 1) % 600], _log.Key).Problem.ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task RefusesProofsThatAreEmptyLongerShorterOrOfAnotherTree()
    {
        var proof = (await Proving.ProveAsync(_log, _log.Checkpoint, 300, default)).Value.Proof;
        var older = WrittenLog.Of(_entries[..599]);
        LogProof[] wrong =
        [
            proof with
            {
                Path = [],
            },
            proof with
            {
                Path = [.. proof.Path, proof.Path[^1]],
            },
            proof with
            {
                Path = [proof.Path[0], .. proof.Path],
            },
            proof with
            {
                Path = [.. proof.Path.SkipLast(1)],
            },
            proof with
            {
                Path = [.. proof.Path.Reverse()],
            },
            proof with
            {
                Index = 301,
            },
            proof with
            {
                Index = 600,
            },
            proof with
            {
                Checkpoint = older.Checkpoint,
            },
        ];

        wrong.ShouldAllBe(one => one.Verify(_entries[300], _log.Key).Problem != null);
        proof.Verify(_entries[300], _log.Key).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task TellsTwoLeavesWithTheSameBytesApart()
    {
        var twice = WrittenLog.Of([.. _entries[..10], _entries[3]]);

        var proof = (await Proving.ProveAsync(twice, twice.Checkpoint, 3, default)).Value.Proof;

        proof.Verify(_entries[3], twice.Key).Problem.ShouldBeNull();
        (proof with { Index = 10 }).Verify(_entries[3], twice.Key).Problem.ShouldNotBeNull();
    }

    [Fact]
    public async Task ProvesNothingThatTheCheckpointDoesNotCover()
    {
        _log.Files["tile/entries/001"] = [.. _log.Files["tile/entries/001"]];
        _log.Files["tile/entries/001"][^1] ^= 1;

        (await Proving.ProveAsync(_log, _log.Checkpoint, 511, default))
            .Problem.ShouldNotBeNull()
            .Code.ShouldBe(ProblemCode.Invalid);
        (await Proving.ProveAsync(_log, _log.Checkpoint, 600, default)).Problem.ShouldNotBeNull();
        (await Proving.ProveAsync(_log, _log.Checkpoint, -1, default)).Problem.ShouldNotBeNull();
    }

    [Fact]
    public async Task FindsAnEntryByItsId()
    {
        (await Proving.FindAsync(_log, 600, 299.ToString("x32", null), default)).Value.ShouldBe(299);
        (await Proving.FindAsync(_log, 600, 9_000.ToString("x32", null), default))
            .Problem.ShouldNotBeNull()
            .Code.ShouldBe(ProblemCode.NotFound);
        (await Proving.FindAsync(WrittenLog.Of([]), 0, "0", default)).Problem.ShouldNotBeNull();
    }

    [Fact]
    public async Task TellsGrowthFromAForkWithoutTrustingTheTiles()
    {
        var now = Checkpoint.Parse(_log.Checkpoint)!;
        var before = Checkpoint.Parse(WrittenLog.Of(_entries[..310]).Checkpoint)!;
        var forked = Checkpoint.Parse(WrittenLog.Of([.. _entries[..300], WrittenLog.Entry(9_000)]).Checkpoint)!;

        (await Growth.CheckAsync(_log, before, now, default)).Problem.ShouldBeNull();
        (await Growth.CheckAsync(_log, now, now, default)).Problem.ShouldBeNull();
        (await Growth.CheckAsync(_log, forked, now, default)).Problem.ShouldNotBeNull().Message.ShouldContain("forked");
        (await Growth.CheckAsync(_log, now, before, default))
            .Problem.ShouldNotBeNull()
            .Message.ShouldContain("put back");
        (await Growth.CheckAsync(_log, before with { Root = now.Root }, now, default)).Problem.ShouldNotBeNull();
    }
}
