using System.Globalization;
using System.Text;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Work;
using Shouldly;
using Xunit;

namespace Bascule.Testing.Storage;

public abstract class AuditLogConformance(IStorageUnderTest database) : StorageConformance(database)
{
    [Fact]
    public async Task EntriesAreNumberedFromZeroAndReadAsTheyCame()
    {
        (await AppendAsync("first")).Value.ShouldBe(0);
        (await AppendAsync("second")).Value.ShouldBe(1);
        await ReopenAsync();
        (await AppendAsync("third")).Value.ShouldBe(2);
        var entries = await Storage.Audit.ReadAsync(1, 10, None);
        entries.Select(entry => entry.Index).ShouldBe([1, 2]);
        entries.Select(Text).ShouldBe(["second", "third"]);
    }

    [Fact]
    [Trait("Threat", "T120")]
    public async Task TheLastEntriesAreReadNewestFirst()
    {
        (await Storage.Audit.ReadLastAsync(2, None)).ShouldBeEmpty();
        foreach (var text in new[] { "first", "second", "third" })
            await AppendAsync(text);
        var last = await Storage.Audit.ReadLastAsync(2, None);
        last.Select(Text).ShouldBe(["third", "second"]);
        last.Select(entry => entry.Index).ShouldBe([2, 1]);
    }

    [Fact]
    [Trait("Threat", "T120")]
    public async Task EntriesStayInTheOrderInWhichTheyCameWhateverTimeTheySay()
    {
        string[] written = ["{\"time\":\"2026-11-21\"}", "{\"time\":\"2026-11-20\"}", "{\"time\":\"2026-11-22\"}"];
        foreach (var text in written)
            await AppendAsync(text);

        (await Storage.Audit.ReadAsync(0, 10, None)).Select(Text).ShouldBe(written);
    }

    [Fact]
    public async Task SideBySideAppendsLeaveNoGapAndKnowTheirOwnIndex()
    {
        var indexes = await Task.WhenAll(
            Enumerable.Range(0, 300).Select(async i => (Text: $"{i}", (await AppendAsync($"{i}")).Value))
        );
        var stored = await Storage.Audit.ReadAsync(0, 1000, None);
        stored.Select(entry => entry.Index).ShouldBe(Enumerable.Range(0, 300).Select(i => (long)i));
        indexes.ShouldAllBe(pair => Text(stored[(int)pair.Value]) == pair.Text);
    }

    [Fact]
    public async Task TheLargestEntryIsTakenAndALargerOneRefused()
    {
        (await Storage.Audit.AppendAsync(new byte[65_535], None)).Value.ShouldBe(0);
        var refused = await Storage.Audit.AppendAsync(new byte[65_536], None);
        refused.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        (await Storage.Audit.AppendAsync(default, None)).Problem!.Code.ShouldBe(ProblemCode.Invalid);
        (await Storage.Audit.ReadAsync(0, 10, None)).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task AfterShutdownNothingIsAcknowledged()
    {
        await AppendAsync("before");
        await Storage.DisposeAsync();
        (await AppendAsync("after")).Problem!.Code.ShouldBe(ProblemCode.Unavailable);
    }

    [Fact]
    public async Task AnEntryIsStoredWithTheChangesBesideItOrNotAtAll()
    {
        await AppendAsync("first");
        var lost = new ReplayQuarantined(404, DateTimeOffset.UnixEpoch);
        (await ApplyAsync("refused", lost)).Problem!.Code.ShouldBe(ProblemCode.Conflict);
        (await ApplyAsync(new string('x', 65_536))).Problem!.Code.ShouldBe(ProblemCode.Invalid);
        (await ApplyAsync("second")).Problem.ShouldBeNull();
        (await AppendAsync("third")).Value.ShouldBe(2);
        (await Storage.Audit.ReadAsync(0, 10, None)).Select(Text).ShouldBe(["first", "second", "third"]);
    }

    [Fact]
    public async Task ARefusedEntryLeavesNoGapBetweenThoseBesideIt()
    {
        var lost = new ReplayQuarantined(404, DateTimeOffset.UnixEpoch);
        var written = Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? ApplyAsync($"{i}", lost) : ApplyAsync($"{i}"));
        (await Task.WhenAll(written)).Count(result => result.Problem is null).ShouldBe(40);
        var stored = await Storage.Audit.ReadAsync(0, 100, None);
        stored.Select(entry => entry.Index).ShouldBe(Enumerable.Range(0, 40).Select(i => (long)i));
        stored.ShouldAllBe(entry => int.Parse(Text(entry), CultureInfo.InvariantCulture) % 3 != 0);
    }

    private static string Text(AuditRecord record) => Encoding.UTF8.GetString(record.Entry.Span);

    private Task<Result<Done>> ApplyAsync(string text, params Change[] beside) =>
        Storage.Work.ApplyAsync([new RecordAudit(Encoding.UTF8.GetBytes(text)), .. beside], None);

    private Task<Result<long>> AppendAsync(string text) =>
        Storage.Audit.AppendAsync(Encoding.UTF8.GetBytes(text), None);
}
