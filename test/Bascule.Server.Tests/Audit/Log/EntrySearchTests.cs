using System.Text.Json.Nodes;
using Bascule.Server.Audit.Log;

namespace Bascule.Server.Tests.Audit.Log;

public sealed class EntrySearchTests : IAsyncLifetime
{
    private LogWorld _world = null!;

    public async Task InitializeAsync() => _world = await LogWorld.OpenAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FindsWhatLinksTheSameWhetherItIsIndexedOrNot(bool indexed)
    {
        await _world.WriteAsync(2, "r-1");
        await _world.WriteAsync(1, "r-2");
        if (indexed)
            await IndexAsync();
        await _world.WriteAsync(1, "r-1");

        (await FindAsync(["run:r-1"])).ShouldBe([0, 1, 0]);
        (await FindAsync(["run:r-1"], limit: 2)).ShouldBe([0, 1]);
        (await FindAsync(["run:r-2", "type:run.asked", "actor:operator"])).ShouldBe([0]);
        (await FindAsync(["run:r-2", "actor:bascule"])).ShouldBeEmpty();
        (await FindAsync(["run:r-3"])).ShouldBeEmpty();
    }

    [Fact]
    public async Task GoesOnBeforeAnIndex()
    {
        await _world.WriteAsync(5, "r-1");
        await IndexAsync();
        var newest = (await _world.EntriesAsync())[^1].Index;

        (await FindAsync(["run:r-1"], before: newest)).ShouldBe([3, 2, 1, 0]);
        (await FindAsync(["run:r-1"], before: newest - 1, limit: 2)).ShouldBe([2, 1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KnowsTheTimesOfEntries(bool indexed)
    {
        var begun = _world.Clock.GetUtcNow();
        await _world.WriteAsync(1, "r-1");
        _world.Clock.Advance(TimeSpan.FromHours(1));
        await _world.WriteAsync(2, "r-1");
        _world.Clock.Advance(TimeSpan.FromHours(1));
        await _world.WriteAsync(3, "r-1");
        if (indexed)
            await IndexAsync();

        (await FindAsync(["run:r-1"], since: begun.AddMinutes(30))).Count.ShouldBe(5);
        (await FindAsync(["run:r-1"], until: begun.AddMinutes(90))).Count.ShouldBe(3);
        (await FindAsync(["run:r-1"], since: begun.AddHours(1), until: begun.AddHours(1))).Count.ShouldBe(2);
        (await FindAsync(["run:r-1"], since: begun.AddHours(3))).ShouldBeEmpty();
    }

    [Fact]
    public async Task FindsAnEntryByItsId()
    {
        await _world.WriteAsync(3, "r-1");
        await IndexAsync();
        var entry = JsonNode.Parse((await _world.EntriesAsync())[^2].Entry.Span)!;

        (await FindAsync([$"id:{entry["id"]}"])).ShouldBe([1]);
    }

    private Task IndexAsync() => _world.Indexer().IndexAsync(default);

    private async Task<List<int>> FindAsync(
        string[] terms,
        int limit = 10,
        long before = long.MaxValue,
        DateTimeOffset? since = null,
        DateTimeOffset? until = null
    )
    {
        var question = new EntryQuestion(terms, before, limit, since, until);
        var found = await _world.Search().FindAsync(question, default);
        return [.. found.Select(record => (int)JsonNode.Parse(record.Entry.Span)!["facts"]!["number"]!)];
    }
}
