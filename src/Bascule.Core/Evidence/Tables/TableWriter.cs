namespace Bascule.Core.Evidence.Tables;

/// <summary>Goes through the logs once: writes the tables, and decides which entries the pack has.</summary>
internal sealed class TableWriter
{
    private readonly EvidenceRange _range;
    private readonly TableFiles _files;
    private readonly ILookup<string, EvidenceTable> _plain;
    private readonly IReadOnlyList<IEvidenceRows> _rows;

    public TableWriter(EvidenceRange range, TableFiles files)
    {
        (_range, _files) = (range, files);
        Exceptions = new ExceptionTable();
        Attestations = new AttestationTable(files);
        _rows = [new ChangeTable(range), new RetiredTable(), Exceptions, Attestations];
        var plain = EvidenceTables.All.Where(table => table.Columns.Count > 0).ToList();
        foreach (var table in plain)
            files.Begin(table);
        _plain = plain
            .SelectMany(table => table.Types.Select(type => (Type: type, Table: table)))
            .ToLookup(pair => pair.Type, pair => pair.Table);
    }

    public AttestationTable Attestations { get; }

    public ExceptionTable Exceptions { get; }

    /// <summary>Conflict where the log is not the one that was checked.</summary>
    public async Task<Result<Selection>> ReadAsync(EvidenceLog log, CancellationToken cancellationToken)
    {
        var selection = new Selection();
        var borders = new Borders(_range, selection);
        var read = await log.ReadAsync(
            (index, bytes) =>
            {
                using var entry = new EvidenceEntry(log.Number, index, bytes);
                var isInRange = borders.See(index, entry.Time);
                selection.Newest = entry.TimeText;
                See(entry, new Place(selection, log.Number, index, isInRange));
            },
            cancellationToken
        );
        borders.Finish();
        return read.Failed(out var problem) ? problem : selection;
    }

    /// <summary>After the last log.</summary>
    public void Finish()
    {
        foreach (var rows in _rows)
            rows.Finish(_files);
    }

    private void See(EvidenceEntry entry, Place place)
    {
        if (place.IsInRange)
            foreach (var table in _plain[entry.Type])
                _files.Add(table, entry);
        foreach (var rows in _rows)
            rows.See(entry, place);
    }
}

/// <summary>
/// Takes the neighbours of what is in the range too. Who finds entries 17 to 40 in the pack with 16 before the range and 41 behind it knows that there are no
/// others, without having the log.
/// </summary>
internal sealed class Borders(EvidenceRange range, Selection selection)
{
    private DateTimeOffset? _last;
    private long _index = -1;

    /// <summary>Whether the entry is in the range.</summary>
    public bool See(long index, DateTimeOffset time)
    {
        var isInRange = range.Holds(time);
        var wasInRange = _last is { } last && range.Holds(last);
        if (isInRange)
            selection.Take(index);
        if (isInRange && !wasInRange && index > 0)
            selection.Border(index - 1);
        if (!isInRange && wasInRange)
            selection.Border(index);
        // Nothing is in the range: it lies between these two.
        if (!isInRange && !wasInRange && time >= range.To && (_last is null || _last < range.From))
        {
            selection.Border(index);
            if (index > 0)
                selection.Border(index - 1);
        }
        (_last, _index) = (time, index);
        return isInRange;
    }

    /// <summary>The log ends before the range: its last entry says so.</summary>
    public void Finish()
    {
        if (_last is { } last && last < range.From)
            selection.Border(_index);
    }
}
