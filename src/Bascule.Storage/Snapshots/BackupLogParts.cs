using Bascule.Core;
using Bascule.Core.Audit.Log;

namespace Bascule.Storage.Snapshots;

/// <summary>What a backup holds of one audit log beside its entries.</summary>
/// <param name="Number">1 for the first log of an installation.</param>
/// <param name="First">How many entries of the installation belong to the logs before.</param>
/// <param name="Entries">How many are of this one.</param>
/// <param name="Checkpoint">The newest, with its cosignatures; null where none was published yet.</param>
internal sealed record BackupLogParts(
    long Number,
    long First,
    long Entries,
    SignedNote? Checkpoint,
    IReadOnlyDictionary<(int Level, long Index), byte[]> Tiles
)
{
    /// <summary>Reads the file once, to its end. NotFound where it has no such log.</summary>
    /// <exception cref="FormatException">It is no backup, or damaged.</exception>
    public static async Task<Result<BackupLogParts>> ReadAsync(
        string path,
        long? log,
        CancellationToken cancellationToken
    )
    {
        await using var file = File.OpenRead(path);
        await using var reader = await SnapshotReader.OpenAsync(file, cancellationToken);
        var rows = new Collection();
        foreach (var table in reader.Manifest.Tables)
            for (var row = 0L; row < table.Rows; row++)
                rows.Take(table, await reader.ReadRowAsync(cancellationToken));
        await reader.FinishAsync(cancellationToken);
        return rows.Choose(log, BackupEntries.TableOf(reader.Manifest).Rows) is { } parts
            ? parts
            : Problem.NotFound($"'{path}' has no audit log with the number {log}");
    }

    private sealed class Collection
    {
        private readonly SortedDictionary<long, long> _logs = [];
        private readonly List<(long Log, long Size, string Note)> _checkpoints = [];
        private readonly List<(long Log, long Size, string Line)> _cosignatures = [];
        private readonly Dictionary<(long Log, int Level, long Index), byte[]> _tiles = [];

        public void Take(SnapshotTable table, ReadOnlyMemory<byte> row)
        {
            int Of(string column) => table.Columns.ToList().IndexOf(column);
            long Number(string column) => RowCells.Number(row.Span, Of(column));
            string Text(string column) => RowCells.Text(row.Span, Of(column));
            switch (table.Name)
            {
                case "audit_log":
                    _logs[Number("number")] = Number("first_idx");
                    break;
                case "audit_checkpoint":
                    _checkpoints.Add((Number("log"), Number("size"), Text("note")));
                    break;
                case "audit_cosignature":
                    _cosignatures.Add((Number("log"), Number("size"), Text("line")));
                    break;
                case "audit_tile":
                    _tiles[(Number("log"), (int)Number("level"), Number("idx"))] = RowCells.Bytes(
                        row.Span,
                        Of("hashes")
                    );
                    break;
            }
        }

        /// <summary>Null where there is no such log. Before the first one was opened there is one, without hashes.</summary>
        public BackupLogParts? Choose(long? log, long entries)
        {
            var number = log ?? _logs.Keys.DefaultIfEmpty(1).Max();
            if (_logs.Count > 0 && !_logs.ContainsKey(number))
                return null;
            var first = _logs.GetValueOrDefault(number);
            var end = _logs.Where(one => one.Key > number).Select(one => one.Value).DefaultIfEmpty(entries).Min();
            return new BackupLogParts(
                number,
                first,
                end - first,
                NewestOf(number),
                _tiles
                    .Where(tile => tile.Key.Log == number)
                    .ToDictionary(tile => (tile.Key.Level, tile.Key.Index), tile => tile.Value)
            );
        }

        private SignedNote? NewestOf(long log)
        {
            var newest = _checkpoints.Where(one => one.Log == log).OrderByDescending(one => one.Size).FirstOrDefault();
            if (newest.Note is null || SignedNote.Parse(newest.Note) is not { } note)
                return null;
            foreach (var line in _cosignatures.Where(one => one.Log == log && one.Size == newest.Size))
                note = NoteSignature.Parse(line.Line.TrimEnd('\n')) is { } signature ? note.With(signature) : note;
            return note;
        }
    }
}
