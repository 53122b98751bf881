using Bascule.Core.Audit.Log;

namespace Bascule.Storage.Stores;

/// <param name="standbys">Null where there can be none.</param>
internal sealed class LogStore(IReaders readers, IStandbys? standbys = null) : ILogStore
{
    public async Task<IReadOnlyList<StoredLog>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<LogRow>(
            """
            SELECT number, epoch, origin, first_idx, public_key, sealed_key, opened_at, size, published_size
            FROM audit_log ORDER BY number DESC
            """,
            parameters: null,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToLog())];
    }

    public async Task<LogStart> ReadStartAsync(CancellationToken cancellationToken)
    {
        var row = await readers.FindAsync<StartRow>(
            "SELECT epoch, log_first_idx FROM installation",
            parameters: null,
            cancellationToken
        );
        return new LogStart(row!.Epoch, row.LogFirstIdx);
    }

    public async Task<ReadOnlyMemory<byte>?> ReadTileAsync(
        int log,
        int level,
        long index,
        CancellationToken cancellationToken
    )
    {
        var row = await readers.FindAsync<TileRow>(
            "SELECT hashes FROM audit_tile WHERE log = @Log AND level = @Level AND idx = @Index",
            new
            {
                Log = log,
                Level = level,
                Index = index,
            },
            cancellationToken
        );
        // Not by a bare null, which would become an empty tile on its way.
        return row is null ? (ReadOnlyMemory<byte>?)null : row.Hashes;
    }

    public async Task<StoredCheckpoint?> FindAsync(int log, long size, CancellationToken cancellationToken)
    {
        var row = await readers.FindAsync<CheckpointRow>(
            "SELECT size, note FROM audit_checkpoint WHERE log = @Log AND size = @Size",
            new { Log = log, Size = size },
            cancellationToken
        );
        return row is null ? null : await WithCosignaturesAsync(log, row, cancellationToken);
    }

    public async Task<StoredCheckpoint?> FindWitnessedAsync(int log, CancellationToken cancellationToken)
    {
        var row = await readers.FindAsync<CheckpointRow>(
            """
            SELECT size, note FROM audit_checkpoint WHERE log = @Log
            AND size = (SELECT max(size) FROM audit_cosignature WHERE log = @Log)
            """,
            new { Log = log },
            cancellationToken
        );
        return row is null ? null : await WithCosignaturesAsync(log, row, cancellationToken);
    }

    public Task<long> CountIndexedAsync(CancellationToken cancellationToken) =>
        readers.FindAsync<long>(
            "SELECT coalesce(max(block) + 1, 0) FROM audit_index WHERE list = 0",
            parameters: null,
            cancellationToken
        );

    public async Task<IReadOnlyList<BlockPostings>> ReadPostingsAsync(
        int list,
        long from,
        long before,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<PostingsRow>(
            "SELECT block, postings FROM audit_index WHERE list = @List AND block >= @From AND block < @Before",
            new
            {
                List = list,
                From = from,
                Before = before,
            },
            cancellationToken
        );
        return [.. rows.Select(row => new BlockPostings(row.Block, row.Postings))];
    }

    public async Task<string?> ReadPositionAsync(CancellationToken cancellationToken) =>
        standbys is null ? null : await standbys.ReadPositionAsync(cancellationToken);

    public async Task<int> CountStandbysAsync(string position, CancellationToken cancellationToken) =>
        standbys is null ? 0 : await standbys.CountAsync(position, cancellationToken);

    private async Task<StoredCheckpoint> WithCosignaturesAsync(
        int log,
        CheckpointRow row,
        CancellationToken cancellationToken
    )
    {
        var lines = await readers.ListAsync<string>(
            "SELECT line FROM audit_cosignature WHERE log = @Log AND size = @Size ORDER BY seen_at, witness",
            new { Log = log, row.Size },
            cancellationToken
        );
        return new StoredCheckpoint(row.Size, row.Note, lines);
    }

    private sealed record LogRow
    {
        public int Number { get; init; }
        public long Epoch { get; init; }
        public required string Origin { get; init; }
        public long FirstIdx { get; init; }
        public required byte[] PublicKey { get; init; }
        public required byte[] SealedKey { get; init; }
        public long OpenedAt { get; init; }
        public long Size { get; init; }
        public long PublishedSize { get; init; }

        public StoredLog ToLog() =>
            new(Number, Epoch, Origin, FirstIdx, PublicKey, SealedKey, Times.Read(OpenedAt), Size, PublishedSize);
    }

    private sealed record StartRow
    {
        public long Epoch { get; init; }
        public long LogFirstIdx { get; init; }
    }

    private sealed record PostingsRow(long Block, byte[] Postings);

    private sealed record TileRow
    {
        public required byte[] Hashes { get; init; }
    }

    private sealed record CheckpointRow
    {
        public long Size { get; init; }
        public required string Note { get; init; }
    }
}
