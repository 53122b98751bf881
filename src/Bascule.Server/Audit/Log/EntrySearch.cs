using System.Text.Json;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;

namespace Bascule.Server.Audit.Log;

/// <summary>What somebody looks for in the audit log.</summary>
/// <param name="Terms">All of them, as <see cref="EntryTerms"/> writes them.</param>
/// <param name="Since">By the entries' own times; both ends belong to it.</param>
internal sealed record EntryQuestion(
    IReadOnlyList<string> Terms,
    long Before,
    int Limit,
    DateTimeOffset? Since,
    DateTimeOffset? Until
);

/// <summary>Finds entries, the newest first: those that are indexed by the index, the few that are not yet by looking through them.</summary>
internal sealed class EntrySearch(ILogStore logs, IAuditLog entries)
{
    /// <summary>Entries that are looked through one by one: what the indexer leaves behind within seconds.</summary>
    private const int MostUnindexed = 4096;

    public async Task<IReadOnlyList<AuditRecord>> FindAsync(EntryQuestion question, CancellationToken cancellationToken)
    {
        var range = await RangeAsync(question, cancellationToken);
        var indexed = await IndexedAsync(cancellationToken);
        var newest = (await entries.ReadAsync(indexed, MostUnindexed, cancellationToken))
            .Where(record => record.Index >= range.From && record.Index < range.Before && Has(record, question.Terms))
            .Reverse()
            .Take(question.Limit)
            .ToList();
        if (newest.Count == question.Limit)
            return newest;
        var older = range with { Before = long.Min(range.Before, indexed) };
        var found = await logs.FindEntriesAsync(
            question.Terms,
            older,
            question.Limit - newest.Count,
            cancellationToken
        );
        return [.. newest, .. found];
    }

    private async Task<EntryRange> RangeAsync(EntryQuestion question, CancellationToken cancellationToken)
    {
        var from = question.Since is { } since ? await FirstAtAsync(since, cancellationToken) : 0;
        var before = question.Until is { } until
            ? await FirstAtAsync(until.AddMilliseconds(1), cancellationToken)
            : long.MaxValue;
        return new EntryRange(from, long.Min(question.Before, before));
    }

    /// <summary>The first entry of that time or later. Order is by index and not by time: where a clock went back, this is near.</summary>
    private async Task<long> FirstAtAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        var last = await entries.ReadLastAsync(1, cancellationToken);
        var (low, high) = (0L, last is [var newest] ? newest.Index + 1 : 0);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var read = await entries.ReadAsync(middle, 1, cancellationToken);
            if (read is [var record] && TimeOf(record) < time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private async Task<long> IndexedAsync(CancellationToken cancellationToken) =>
        await logs.ListAsync(cancellationToken) is [var newest, ..] ? newest.FirstEntry + newest.Indexed : 0;

    private static bool Has(AuditRecord record, IReadOnlyList<string> terms) =>
        terms.Count == 0 || terms.All(EntryTerms.Of(record.Entry).ToHashSet(StringComparer.Ordinal).Contains);

    private static DateTimeOffset TimeOf(AuditRecord record)
    {
        using var entry = JsonDocument.Parse(record.Entry);
        return entry.RootElement.TryGetProperty("time", out var at) && at.TryGetDateTimeOffset(out var read)
            ? read
            : DateTimeOffset.MinValue;
    }
}
