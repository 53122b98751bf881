using System.Globalization;
using System.Text;
using Bascule.Core.Audit;
using Bascule.Core.Evidence;
using Bascule.Testing.Audit;
using Bascule.Testing.Go;

namespace Bascule.Core.Tests.Evidence;

/// <summary>What others wrote to check logs reads our packs, by the program that is in each.</summary>
[Trait("Threat", "T117")]
public sealed class GoEvidenceTests
{
    /// <summary>65,800 entries are a second apart.</summary>
    private static readonly EvidenceRange Day = Pack.Days(51, 53);

    private const string Sample = "samples/evidence-in-go";

    [GoFact]
    public async Task AcceptsPacksOfLogsOfEverySize()
    {
        foreach (var size in (int[])[1, 255, 256, 257, 600, 65_800])
        {
            var log = WrittenLog.Of(WrittenLog.Entries(size));
            using var pack = await Pack.OfAsync(Day, log);
            var middle = new EvidenceRange(
                EvidenceStory.Began.AddDays(51).AddHours(8).AddSeconds(size / 2),
                EvidenceStory.Began.AddDays(51).AddHours(8).AddSeconds((size / 2) + 3)
            );
            using var part = await Pack.OfAsync(middle, log);

            Check(pack, log)
                .ShouldBe((0, $"verified: {size} entries of 1 logs; of each in the range both neighbours are here\n"));
            Check(part, log, middle).ExitCode.ShouldBe(0, size.ToString(CultureInfo.InvariantCulture));
        }
    }

    [GoFact]
    public async Task RefusesAnEntryThatWasChangedOrTakenOutAndAnotherKey()
    {
        var log = WrittenLog.Of(WrittenLog.Entries(600));
        using var pack = await Pack.OfAsync(Day, log);
        var file = Path.Combine(pack.Unpacked, "entries.jsonl");
        var lines = File.ReadAllLines(file);

        Check(pack, log).ExitCode.ShouldBe(0);
        Check(pack, WrittenLog.Of([], seed: 9)).ExitCode.ShouldBe(1);
        File.WriteAllLines(
            file,
            [.. lines[..7], lines[7].Replace("call.begun", "call.ended", StringComparison.Ordinal), .. lines[8..]]
        );
        Check(pack, log).Output.ShouldContain("entry 7 of log 1 is not the one");
        File.WriteAllLines(file, [.. lines[..7], .. lines[8..]]);
        Check(pack, log).Output.ShouldContain("entry 7 stands beside");
    }

    private static (int ExitCode, string Output) Check(Pack pack, WrittenLog log, EvidenceRange? asked = null)
    {
        var keys = Path.Combine(pack.Unpacked, "keys");
        File.WriteAllText(keys, $"{log.Key}\n", new UTF8Encoding(false));
        var range = asked ?? Day;
        string[] arguments = ["-from", AuditEntry.TimeText(range.From), "-to", AuditEntry.TimeText(range.To)];
        return GoProgram.Run(Sample, ["-keys", keys, .. arguments, pack.Unpacked]);
    }
}
