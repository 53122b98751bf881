using System.Runtime.CompilerServices;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Audit.Searching;

namespace Bascule.Server.Audit.Log;

/// <summary>What somebody looks for in the audit log.</summary>
/// <param name="Terms">All of them, as <see cref="EntryTerms"/> writes them.</param>
/// <param name="Before">An index in the audit log: only entries before it.</param>
/// <param name="Since">By the entries' own times; both ends belong to it.</param>
internal sealed record EntryQuestion(
    IReadOnlyList<string> Terms,
    long Before,
    int Limit,
    DateTimeOffset? Since,
    DateTimeOffset? Until
);

/// <summary>
/// Finds entries, the newest first. The index names those that may be meant, and each is looked at; where there is no index yet, and where nothing but a time
/// is asked for, every entry may be.
/// </summary>
internal sealed class EntrySearch(ILogStore logs, IAuditLog entries)
{
    /// <summary>Entries that are read together.</summary>
    private const int Span = 256;

    /// <summary>Blocks whose postings are read together: about half a megabyte.</summary>
    private const int BlocksTogether = 64;

    public async Task<IReadOnlyList<AuditRecord>> FindAsync(EntryQuestion question, CancellationToken cancellationToken)
    {
        var (from, before) = await RangeAsync(question, cancellationToken);
        List<AuditRecord> found = [];
        var candidates = CandidatesAsync(question.Terms, from, before, cancellationToken);
        await foreach (var span in SpansAsync(candidates, cancellationToken))
        {
            var read = await entries.ReadAsync(span[^1], (int)(span[0] - span[^1]) + 1, cancellationToken);
            var meant = span.ToHashSet();
            found.AddRange(read.Reverse().Where(record => meant.Contains(record.Index) && Has(record, question.Terms)));
            if (found.Count >= question.Limit)
                break;
        }
        return [.. found.Take(question.Limit)];
    }

    /// <summary>Indexes of entries that may be meant, the newest first.</summary>
    private async IAsyncEnumerable<long> CandidatesAsync(
        IReadOnlyList<string> terms,
        long from,
        long before,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var blocks = terms.Count == 0 ? 0 : await logs.CountIndexedAsync(cancellationToken);
        var unindexed = long.Max(from, terms.Count == 0 ? from : blocks * Postings.BlockSize);
        for (var index = before - 1; index >= unindexed; index--)
            yield return index;
        var keys = terms.Select(TermKey.Of).ToArray();
        var end = long.Min(blocks, ((before - 1) / Postings.BlockSize) + 1);
        while (end > from / Postings.BlockSize)
        {
            var begin = long.Max(from / Postings.BlockSize, end - BlocksTogether);
            foreach (var index in await FindAsync(keys, begin, end, cancellationToken))
                if (index >= from && index < before)
                    yield return index;
            end = begin;
        }
    }

    private async Task<IReadOnlyList<long>> FindAsync(
        TermKey[] keys,
        long begin,
        long end,
        CancellationToken cancellationToken
    )
    {
        IEnumerable<long>? found = null;
        foreach (var key in keys)
        {
            var lists = await logs.ReadPostingsAsync(key.List, begin, end, cancellationToken);
            var having = lists.SelectMany(list =>
                Postings.Find(list.Postings, key).Select(place => (list.Block * Postings.BlockSize) + place)
            );
            found = found is null ? having : found.Intersect(having.ToHashSet());
        }
        return [.. (found ?? []).OrderDescending()];
    }

    /// <summary>Candidates that are near one another, to be read at once.</summary>
    private static async IAsyncEnumerable<List<long>> SpansAsync(
        IAsyncEnumerable<long> candidates,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        List<long> span = [];
        await foreach (var index in candidates.WithCancellation(cancellationToken))
        {
            if (span.Count > 0 && span[0] - index >= Span)
            {
                yield return span;
                span = [];
            }
            span.Add(index);
        }
        if (span.Count > 0)
            yield return span;
    }

    private async Task<(long From, long Before)> RangeAsync(EntryQuestion question, CancellationToken cancellationToken)
    {
        var last = await entries.ReadLastAsync(1, cancellationToken);
        var count = last is [var newest] ? newest.Index + 1 : 0;
        var from = question.Since is { } since ? await FirstAtAsync(since, count, cancellationToken) : 0;
        var before = question.Until is { } until
            ? await FirstAtAsync(until.AddMilliseconds(1), count, cancellationToken)
            : count;
        return (from, long.Min(question.Before, before));
    }

    /// <summary>The first entry of that time or later. Order is by index and not by time: where a clock went back, this is near.</summary>
    private async Task<long> FirstAtAsync(DateTimeOffset time, long count, CancellationToken cancellationToken)
    {
        var (low, high) = (0L, count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var read = await entries.ReadAsync(middle, 1, cancellationToken);
            if (read is [var record] && !(record.ReadTime() >= time))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static bool Has(AuditRecord record, IReadOnlyList<string> terms) =>
        terms.Count == 0 || terms.All(EntryTerms.Of(record.Entry).ToHashSet(StringComparer.Ordinal).Contains);
}
