using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Verifying;
using Bascule.Testing.Audit;
using static System.FormattableString;

namespace Bascule.Core.Tests.Audit.Verifying;

/// <summary>A log of two levels, in which each byte of each file is changed.</summary>
[Trait("Threat", "T117")]
public sealed class EveryFlipTests
{
    private const int Size = 300;

    private readonly WrittenLog _log = WrittenLog.Of(WrittenLog.Entries(Size));

    /// <summary>One bit at a time: of hashes, entries, their lengths and the checkpoint, signature included.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task FindsEveryChangedBitOfEveryFileOfASmallLog(int size)
    {
        var log = WrittenLog.Of(WrittenLog.Entries(size));

        foreach (var (path, bytes) in log.Files)
            for (var bit = 0; bit < 8 * bytes.Length; bit++)
            {
                Flip(bytes, bit / 8, bit);
                (await VerifyAsync(log)).IsVerified.ShouldBeFalse(Invariant($"bit {bit} of {path}"));
                Flip(bytes, bit / 8, bit);
            }

        log.Files.Keys.ShouldBe(
            ["checkpoint", $"tile/0/000.p/{size}", $"tile/entries/000.p/{size}"],
            ignoreOrder: true
        );
        (await VerifyAsync(log)).IsVerified.ShouldBeTrue();
    }

    [Fact]
    public async Task FindsEveryChangedByteOfTheCheckpoint()
    {
        var bytes = _log.Files["checkpoint"];

        for (var at = 0; at < bytes.Length; at++)
        {
            Flip(bytes, at, at);
            (await VerifyAsync()).IsVerified.ShouldBeFalse(Invariant($"byte {at}"));
            Flip(bytes, at, at);
        }
    }

    /// <summary>The same byte of every hash at once: each of them has to be counted.</summary>
    [Theory]
    [InlineData("tile/0/000", 256)]
    [InlineData("tile/0/001.p/44", 44)]
    [InlineData("tile/1/000.p/1", 1)]
    public async Task CountsEveryHashOfWhichAByteWasChanged(string path, int width)
    {
        var tile = _log.Files[path];
        var counted = $"{path}: {width} of its {width} hashes";

        for (var byteOfHash = 0; byteOfHash < TreeHash.Length; byteOfHash++)
        {
            for (var at = byteOfHash; at < tile.Length; at += TreeHash.Length)
                Flip(tile, at, at);
            (await VerifyAsync()).Findings.ShouldContain(one =>
                one.Message.StartsWith(counted, StringComparison.Ordinal)
            );
            for (var at = byteOfHash; at < tile.Length; at += TreeHash.Length)
                Flip(tile, at, at);
        }

        (await VerifyAsync()).IsVerified.ShouldBeTrue();
    }

    [Theory]
    [InlineData("tile/0/000")]
    [InlineData("tile/0/001.p/44")]
    [InlineData("tile/1/000.p/1")]
    public async Task FindsASingleChangedByteOfAHash(string path)
    {
        var tile = _log.Files[path];

        for (var at = 0; at < tile.Length; at += 41)
        {
            Flip(tile, at, at);
            (await VerifyAsync()).FindingCount.ShouldBe(1);
            Flip(tile, at, at);
        }
    }

    /// <summary>The same byte of every entry at once: each of them has to be named.</summary>
    [Fact]
    public async Task NamesEveryEntryOfWhichAByteWasChanged()
    {
        var places = Places().ToList();

        for (var byteOfEntry = 0; byteOfEntry < places.Min(place => place.Length); byteOfEntry++)
        {
            foreach (var (file, from, _) in places)
                Flip(file, from + byteOfEntry, byteOfEntry);
            var verdict = await VerifyAsync();
            verdict
                .Findings.Single(one => one.Fault == LogFault.Changed)
                .Message.ShouldStartWith("entries 0 to 299: changed");
            foreach (var (file, from, _) in places)
                Flip(file, from + byteOfEntry, byteOfEntry);
        }

        (await VerifyAsync()).IsVerified.ShouldBeTrue();
    }

    [Fact]
    public async Task FindsEveryChangedLength()
    {
        foreach (var (file, from, _) in Places().Where((_, number) => number % 7 == 0 || number > Size - 3))
            for (var at = from - sizeof(ushort); at < from; at++)
            {
                Flip(file, at, at);
                (await VerifyAsync()).IsVerified.ShouldBeFalse(Invariant($"byte {at}"));
                Flip(file, at, at);
            }
    }

    private static void Flip(byte[] bytes, int at, int bit) => bytes[at] ^= (byte)(1 << (bit % 8));

    private Task<LogVerdict> VerifyAsync() => VerifyAsync(_log);

    private static async Task<LogVerdict> VerifyAsync(WrittenLog log) =>
        (await LogVerifier.VerifyAsync(log, new LogExpectation(log.Key), default)).Value;

    /// <summary>Where the bytes of each entry are.</summary>
    private IEnumerable<(byte[] File, int From, int Length)> Places()
    {
        for (var (entry, at) = (0, 0); entry < Size; entry++)
        {
            var file = _log.Files[entry < TileName.FullWidth ? "tile/entries/000" : "tile/entries/001.p/44"];
            at = entry == TileName.FullWidth ? 0 : at;
            var length = WrittenLog.Entry(entry).Length;
            yield return (file, at + sizeof(ushort), length);
            at += sizeof(ushort) + length;
        }
    }
}
