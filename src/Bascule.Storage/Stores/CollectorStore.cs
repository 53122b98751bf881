using Bascule.Core.Audit.Shipping;

namespace Bascule.Storage.Stores;

internal sealed class CollectorStore(IReaders readers) : ICollectorStore
{
    private const string Select = """
        SELECT name, next_index, tries, failure, failing_since, retry_at, shipped_at,
          (SELECT count(*) FROM collector_letter WHERE collector = name) AS letters,
          (SELECT min(idx) FROM collector_letter WHERE collector = name) AS first_letter
        FROM collector
        """;

    private const string SelectLetters = "SELECT collector, idx, reason, tries, at, replay_at FROM collector_letter";

    public async Task<IReadOnlyList<CollectorPosition>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<PositionRow>($"{Select} ORDER BY name", null, cancellationToken);
        return [.. rows.Select(row => row.ToPosition())];
    }

    public async Task<CollectorPosition?> FindAsync(string name, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<PositionRow>($"{Select} WHERE name = @Name", new { Name = name }, cancellationToken)
        )?.ToPosition();

    public Task<long> CountEntriesAsync(CancellationToken cancellationToken) =>
        readers.FindAsync<long>("SELECT coalesce(max(idx) + 1, 0) FROM audit_entry", null, cancellationToken);

    public async Task<IReadOnlyList<CollectorLetter>> ListLettersAsync(
        string name,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<LetterRow>(
            $"{SelectLetters} WHERE collector = @Name ORDER BY idx LIMIT @Limit",
            new { Name = name, Limit = limit },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToLetter())];
    }

    public async Task<CollectorLetter?> FindReplayAsync(string name, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<LetterRow>(
                $"{SelectLetters} WHERE collector = @Name AND replay_at IS NOT NULL ORDER BY idx LIMIT 1",
                new { Name = name },
                cancellationToken
            )
        )?.ToLetter();

    private sealed record PositionRow
    {
        public required string Name { get; init; }
        public long NextIndex { get; init; }
        public long Tries { get; init; }
        public string? Failure { get; init; }
        public long? FailingSince { get; init; }
        public long? RetryAt { get; init; }
        public long? ShippedAt { get; init; }
        public long Letters { get; init; }
        public long? FirstLetter { get; init; }

        public CollectorPosition ToPosition() =>
            new(Name, NextIndex)
            {
                Tries = (int)Tries,
                Failure = Failure,
                FailingSince = Times.Read(FailingSince),
                RetryAt = Times.Read(RetryAt),
                ShippedAt = Times.Read(ShippedAt),
                Letters = Letters,
                FirstLetter = FirstLetter,
            };
    }

    private sealed record LetterRow
    {
        public required string Collector { get; init; }
        public long Idx { get; init; }
        public required string Reason { get; init; }
        public long Tries { get; init; }
        public long At { get; init; }
        public long? ReplayAt { get; init; }

        public CollectorLetter ToLetter() =>
            new(Collector, Idx, Reason, (int)Tries, Times.Read(At), Times.Read(ReplayAt));
    }
}
