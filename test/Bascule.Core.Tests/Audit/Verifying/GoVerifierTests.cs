using System.Globalization;
using System.Text;
using Bascule.Core.Audit.Verifying;
using Bascule.Testing.Audit;
using Bascule.Testing.Go;

namespace Bascule.Core.Tests.Audit.Verifying;

/// <summary>
/// What others wrote to check logs reads ours: <c>note.Open</c>, <c>tlog.CheckRecord</c>, <c>tlog.CheckTree</c> and a <c>tlog.TileReader</c>, by the sample that
/// docs/operations/audit-log.md hands to auditors.
/// </summary>
[Trait("Threat", "T117")]
[Trait("Threat", "T118")]
public sealed class GoVerifierTests : IDisposable
{
    private const string Sample = "samples/audit-log-in-go";

    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-go-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GoFact]
    public void AcceptsOurLogsOfEverySize()
    {
        foreach (var size in (int[])[1, 255, 256, 257, 600, 65_800])
        {
            var log = Saved("log" + size.ToString(CultureInfo.InvariantCulture), WrittenLog.Entries(size));

            Go(log.Key, log.Folder).ShouldBe((0, $"verified: {size} entries of {WrittenLog.Origin}\n"));
        }
    }

    [GoFact]
    public void ReadsOverCosignatures()
    {
        using var witness = WrittenLog.SignerOf(7, "auditor.example.org");
        var log = WrittenLog.Of(WrittenLog.Entries(300));
        log.Cosign(witness, DateTimeOffset.UnixEpoch.AddYears(56));
        log.Save(_folder);

        Go(log.Key.ToString(), _folder).ExitCode.ShouldBe(0);
    }

    [GoFact]
    public void RefusesAChangedEntryAChangedHashAndAnotherKey()
    {
        var log = Saved("log", WrittenLog.Entries(300));
        var other = WrittenLog.Of([], seed: 9).Key.ToString();

        Go(other, log.Folder).ExitCode.ShouldBe(1);
        foreach (var path in (string[])["tile/entries/000", "tile/0/000"])
        {
            var file = Path.Combine(log.Folder, path);
            var bytes = File.ReadAllBytes(file);
            bytes[100] ^= 1;
            File.WriteAllBytes(file, bytes);
            Go(log.Key, log.Folder).ExitCode.ShouldBe(1);
            bytes[100] ^= 1;
            File.WriteAllBytes(file, bytes);
        }
        Go(log.Key, log.Folder).ExitCode.ShouldBe(0);
    }

    [GoFact]
    public void ChecksThatALogOnlyGrew()
    {
        var entries = WrittenLog.Entries(600);
        var log = Saved("now", entries);
        var before = Saved("before", entries[..310]);
        var forked = Saved("forked", [.. entries[..300], WrittenLog.Entry(9_000), .. entries[301..310]]);

        Go(log.Key, "-since", Path.Combine(before.Folder, "checkpoint"), log.Folder).ExitCode.ShouldBe(0);
        var refused = Go(log.Key, "-since", Path.Combine(forked.Folder, "checkpoint"), log.Folder);
        refused.ExitCode.ShouldBe(1);
        refused.Output.ShouldContain("does not extend");
    }

    [GoFact]
    public async Task AcceptsOurProofOfOneEntryAndOfNoOther()
    {
        var log = WrittenLog.Of(WrittenLog.Entries(600));
        foreach (var index in (long[])[0, 255, 256, 511, 599])
        {
            var proven = (await Proving.ProveAsync(log, log.Checkpoint, index, default)).Value;
            var (proof, entry) = (Path.Combine(_folder, "e.tlog-proof"), Path.Combine(_folder, "e.json"));
            File.WriteAllText(proof, proven.Proof.ToString(), new UTF8Encoding(false));
            File.WriteAllBytes(entry, proven.Entry.Span);
            var check = () => Go(log.Key.ToString(), "-proof", proof, "-entry", entry);

            check().ShouldBe((0, $"verified: entry {index} of {WrittenLog.Origin}\n"));
            File.WriteAllBytes(entry, WrittenLog.Entry(index + 1));
            check().ExitCode.ShouldBe(1);
        }
    }

    private (string Folder, string Key) Saved(string name, byte[][] entries)
    {
        var log = WrittenLog.Of(entries);
        log.Save(Path.Combine(_folder, name));
        return (Path.Combine(_folder, name), log.Key.ToString());
    }

    private static (int ExitCode, string Output) Go(string key, params string[] arguments) =>
        GoProgram.Run(Sample, ["-key", key, .. arguments]);
}
