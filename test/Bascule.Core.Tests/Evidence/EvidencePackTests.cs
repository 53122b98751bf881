using System.Text;
using System.Text.Json;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Verifying;
using Bascule.Core.Evidence;
using Bascule.Testing.Audit;

namespace Bascule.Core.Tests.Evidence;

public sealed class EvidencePackTests
{
    private static readonly EvidenceRange All = Pack.Days(0, 30);

    [Fact]
    public async Task HasTablesEntriesProofsAndAnIndex()
    {
        using var pack = await Pack.OfAsync(All, EvidenceStory.Played().Log());

        pack.Made.Entries.ShouldBe(11);
        string[] wanted = ["index.html", "index.csv", "VERIFY.md", "verify.go", "SHA256SUMS", "entries.jsonl"];
        pack.Names.ShouldBeSubsetOf([
            .. wanted,
            .. pack.Made.Rows.Keys,
            .. pack.Names.Where(name => name.StartsWith("log/1/", StringComparison.Ordinal)),
        ]);
        wanted.ShouldBeSubsetOf(pack.Names);
        pack.Names.ShouldContain("changes-by-environment/ml-prod.csv");
        pack.Names.ShouldContain("log/1/checkpoint");
        pack.Names.ShouldContain("log/1/tile/0/000.p/11");
    }

    [Fact]
    public async Task TheSameLogAndRangeGiveTheSameBytes()
    {
        var log = EvidenceStory.Played().Log();
        using var one = await Pack.OfAsync(All, log);
        await Task.Yield();
        using var other = await Pack.OfAsync(All, log);

        File.ReadAllBytes(one.File).ShouldBe(File.ReadAllBytes(other.File));
    }

    [Fact]
    public async Task TellsAChangeInOneRow()
    {
        using var pack = await Pack.OfAsync(All, EvidenceStory.Played().Log());

        var row = pack.Rows("changes-by-environment/ml-prod.csv").ShouldHaveSingleItem();
        (row["run"], row["commit"], row["allowed"]).ShouldBe((EvidenceStory.Run, "c0ffee", "yes"));
        (row["approved_by"], row["without_approval_by"]).ShouldBe(("person:p-grace", "person:p-ada"));
        row["first_sent"].ShouldStartWith("databricks.runs.submit");
        row["entries"].ShouldBe("1/2 1/3 1/4 1/5 1/6");
    }

    [Fact]
    public async Task TellsWhenTheRetiredWereRefusedAlsoAfterTheRange()
    {
        var story = EvidenceStory.Played();
        var end = EvidenceStory.Began.AddHours(8);
        using var pack = await Pack.OfAsync(new EvidenceRange(EvidenceStory.Began, end), story.Log());

        var row = pack.Rows("identities-retired.csv").ShouldHaveSingleItem();
        (row["person"], row["retired_by"], row["entry"]).ShouldBe(("p-eve", "operator", "7"));
        (row["first_refused_type"], row["first_refused_entry"]).ShouldBe((AuditTypes.GitTokenRefused, "8"));
        (row["refused_after"], row["let_in_after"]).ShouldBe(("1", "0"));
        pack.Rows("access-decisions.csv").ShouldBeEmpty();
        IndexesOf(pack).ShouldContain((8L, "cited"));
        pack.Names.ShouldContain("log/1/proofs/entry-8.tlog-proof");
    }

    [Fact]
    public async Task SaysThatSomebodyRetiredWasLetInAfter()
    {
        var story = EvidenceStory.Played();
        story.Add(AuditTypes.GitTokenGiven, "person:p-eve", allow: true);
        using var pack = await Pack.OfAsync(All, story.Log());

        var row = pack.Rows("identities-retired.csv").ShouldHaveSingleItem();
        (row["let_in_after"], row["first_let_in_entry"]).ShouldBe(("1", "11"));
    }

    [Fact]
    public async Task SaysWhenSomebodyRetiredTriedToSignIn()
    {
        var story = new EvidenceStory();
        story.Add(AuditTypes.PersonRetired, "operator", facts: new() { ["person"] = "p-eve", ["again"] = false });
        story.Add(AuditTypes.PersonRefused, "person:p-eve", allow: false);
        using var pack = await Pack.OfAsync(All, story.Log());

        var row = pack.Rows("identities-retired.csv").ShouldHaveSingleItem();
        (row["first_refused_type"], row["refused_after"]).ShouldBe((AuditTypes.PersonRefused, "1"));
    }

    [Theory]
    [InlineData(10, "not yet", 1)]
    [InlineData(11, "reviewed", 0)]
    public async Task SaysWhetherABrokenGlassWasLookedAt(int entries, string review, int unreviewed)
    {
        var log = WrittenLog.Of([.. EvidenceStory.Played().Entries.Take(entries)]);
        using var pack = await Pack.OfAsync(All, log);

        pack.Rows("exceptions.csv").ShouldHaveSingleItem()["review"].ShouldBe(review);
        pack.Made.Unreviewed.ShouldBe(unreviewed);
    }

    [Fact]
    public async Task AnEmptyRangeIsAPackThatSaysSo()
    {
        using var pack = await Pack.OfAsync(Pack.Days(5, 6), EvidenceStory.Played().Log());

        pack.Made.Entries.ShouldBe(0);
        pack.Read("index.html").ShouldContain("nothing was written down in this time");
        IndexesOf(pack).ShouldBe([(10L, "border")]);
        pack.Rows("approvals.csv").ShouldBeEmpty();
    }

    [Fact]
    public async Task AnEmptyLogIsOneToo()
    {
        using var pack = await Pack.OfAsync(All, WrittenLog.Of([]));

        pack.Made.Entries.ShouldBe(0);
        pack.Read("log/1/checkpoint").ShouldStartWith(WrittenLog.Origin);
    }

    [Fact]
    public async Task HasTheNeighboursOfWhatIsInTheRange()
    {
        var range = new EvidenceRange(EvidenceStory.Began.AddHours(3), EvidenceStory.Began.AddHours(5));
        using var pack = await Pack.OfAsync(range, WrittenLog.Of(EntriesWithoutRuns(12)));

        IndexesOf(pack).ShouldBe([(2, "border"), (3, "range"), (4, "range"), (5, "border")]);
    }

    [Fact]
    public async Task CoversEveryLogOfAnInstallation()
    {
        var first = EvidenceStory.Played();
        var second = new EvidenceStory();
        second.Wait(TimeSpan.FromDays(1));
        second.Add(AuditTypes.GitTokenRefused, "person:p-eve", allow: false);
        using var pack = await Pack.OfAsync(All, second.Log($"{WrittenLog.Origin}/2"), first.Log());

        pack.Made.Entries.ShouldBe(12);
        pack.Rows("identities-retired.csv").ShouldHaveSingleItem()["refused_after"].ShouldBe("2");
        pack.Names.ShouldContain("log/2/checkpoint");
        pack.Rows("access-decisions.csv").Select(row => row["log"]).ShouldBe(["1", "2"]);
    }

    [Fact]
    [Trait("Threat", "T117")]
    public async Task ALogThatChangesAfterItWasCheckedGivesNoPack()
    {
        using var pack = new Pack();
        var log = EvidenceStory.Played().Log();
        var examined = await Pack.ExamineAsync(log);
        log.WriteTiles([.. EvidenceStory.Played().Entries]);

        var made = await EvidencePack.WriteAsync(
            new EvidenceOrder(Core.Evidence.Controls.Frameworks.Find("sox").Value, All, [examined]),
            pack.File,
            default
        );

        made.Problem!.Code.ShouldBe(ProblemCode.Conflict);
        Directory.GetFileSystemEntries(Path.GetDirectoryName(pack.File)!).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T117")]
    public async Task ALogThatIsNotWhatItsKeySignedIsNoEvidence()
    {
        var log = EvidenceStory.Played().Log();
        log.WriteTiles([.. EvidenceStory.Played().Entries]);

        var examined = await EvidenceLog.ExamineAsync(log, new LogExpectation(log.Key), default);

        examined.Value.Log.ShouldBeNull();
        var unkeyed = await EvidenceLog.ExamineAsync(EvidenceStory.Played().Log(), new LogExpectation(null), default);
        unkeyed.Value.Log.ShouldBeNull();
    }

    [Fact]
    public async Task WritesOverNothing()
    {
        using var pack = await Pack.OfAsync(All, EvidenceStory.Played().Log());
        var before = File.ReadAllBytes(pack.File);

        (await pack.WriteAsync(All, null, EvidenceStory.Played().Log())).Problem!.Code.ShouldBe(ProblemCode.Conflict);

        File.ReadAllBytes(pack.File).ShouldBe(before);
    }

    [Fact]
    public async Task EntriesAreByteForByteThoseOfTheLog()
    {
        var story = EvidenceStory.Played();
        using var pack = await Pack.OfAsync(All, story.Log());

        var lines = pack.Read("entries.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines
            .Select(line => line[(line.IndexOf("\"entry\":", StringComparison.Ordinal) + 8)..^1])
            .ShouldBe(story.Entries.Select(Encoding.UTF8.GetString));
    }

    private static List<(long Index, string Why)> IndexesOf(Pack pack) =>
        [
            .. pack.Read("entries.jsonl")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Select(line => (line.GetProperty("index").GetInt64(), line.GetProperty("why").GetString()!)),
        ];

    private static List<byte[]> EntriesWithoutRuns(int count)
    {
        var story = new EvidenceStory();
        for (var number = 0; number < count; number++)
            story.Add(AuditTypes.KeyMade, "bascule");
        return [.. story.Entries];
    }
}
