using System.Text.Json.Nodes;
using Bascule.Core.Audit.Searching;
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
        var newest = (await _world.EntriesAsync())[^1].Index;
        await IndexAsync();

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
        var entry = JsonNode.Parse((await _world.EntriesAsync())[^2].Entry.Span)!;
        await IndexAsync();

        (await FindAsync([$"id:{entry["id"]}"])).ShouldBe([1]);
    }

    [Fact]
    public async Task FindsWhatIsIndexedTogetherWithWhatIsNot()
    {
        await _world.WriteAsync(2, "r-early");
        await IndexAsync();
        await IndexAsync();
        await _world.WriteAsync(1, "r-early");

        (await _world.Logs.CountIndexedAsync(default)).ShouldBe(2);
        (await FindAsync(["run:r-early"])).ShouldBe([0, 1, 0]);
        (await FindAsync(["run:r-other"], limit: 3, before: 5000)).Count.ShouldBe(3);
        (await FindAsync([], limit: 500)).Count.ShouldBe(500);
    }

    [Fact]
    public async Task FindsWithoutLookingThroughWhatIsIndexed()
    {
        await _world.WriteAsync(1, "r-1");
        await IndexAsync();
        await _world.TamperAsync("DELETE FROM audit_index WHERE list <> 0");

        // Every list but one is empty now: what is not in it is not found, since no entry is read for it.
        (await FindAsync(["type:run.asked", "run:r-1"])).ShouldBeEmpty();
    }

    [Fact]
    public async Task TellsRunsApartWhoseDigestsAreTheSame()
    {
        var (one, other) = TwoWithOneKey();
        await _world.WriteAsync(1, one);
        await _world.WriteAsync(2, other);
        await IndexAsync();

        (await FindAsync([$"run:{one}"])).ShouldBe([0]);
        (await FindAsync([$"run:{other}"])).ShouldBe([1, 0]);
    }

    [Fact]
    public async Task ABlockThatIsNotFullIsNotIndexed()
    {
        await _world.FillAsync(1000, "r-1");

        await _world.Indexer().IndexAsync(default);

        (await _world.Logs.CountIndexedAsync(default)).ShouldBe(0);
    }

    /// <summary>With 36 bits there are two among some hundred thousand.</summary>
    private static (string One, string Other) TwoWithOneKey()
    {
        Dictionary<TermKey, string> seen = [];
        for (var number = 0; ; number++)
        {
            var run = FormattableString.Invariant($"r-{number}");
            if (!seen.TryAdd(TermKey.Of($"run:{run}"), run))
                return (seen[TermKey.Of($"run:{run}")], run);
        }
    }

    /// <summary>Fills the block that is under way with entries of another run, and indexes it.</summary>
    private async Task IndexAsync()
    {
        var newest = (await _world.EntriesAsync())[^1].Index;
        await _world.FillAsync((int)(Postings.BlockSize - ((newest + 1) % Postings.BlockSize)), "r-other");
        await _world.Indexer().IndexAsync(default);
    }

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
