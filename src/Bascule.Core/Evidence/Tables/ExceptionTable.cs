using static Bascule.Core.Audit.AuditTypes;

namespace Bascule.Core.Evidence.Tables;

/// <summary>What went past a rule. Of a run that was let go without approval the row says whether somebody else looked at it, up to the end of the last log.</summary>
internal sealed class ExceptionTable : IEvidenceRows
{
    private static readonly string[] Columns =
    [
        "time",
        "log",
        "entry",
        "type",
        "actor",
        "run",
        "repository",
        "environment",
        "commit",
        "plan_sha256",
        "rule",
        "reason",
        "review",
        "reviewed_at",
        "reviewed_by",
        "review_log",
        "review_entry",
    ];

    private static readonly HashSet<string> Types = [.. EvidenceTables.Of(EvidenceTables.Exceptions).Types];

    private readonly List<Row> _rows = [];
    private readonly Dictionary<string, Row> _bypasses = new(StringComparer.Ordinal);

    /// <summary>Let go without approval, and nobody else has looked at it so far.</summary>
    public int Unreviewed => _bypasses.Values.Count(row => row.IsInRange && !row.IsReviewed);

    public void See(EvidenceEntry entry, Place place)
    {
        if (!Types.Contains(entry.Type))
            return;
        var run = entry.Link("run");
        if (entry.Type is GlassReviewed or GlassUnreviewed)
        {
            if (run is not null && _bypasses.TryGetValue(run, out var bypass))
            {
                bypass.Review(entry, place);
                return;
            }
        }
        var row = new Row(entry, place);
        _rows.Add(row);
        if (entry.Type == GlassBroken && run is not null)
            _bypasses[run] = row;
    }

    public void Finish(TableFiles files)
    {
        files.Begin(EvidenceTables.Exceptions, Columns);
        foreach (var row in _rows.Where(row => row.IsInRange))
            files.Add(EvidenceTables.Exceptions, row.Cells());
    }

    private sealed class Row(EvidenceEntry entry, Place place)
    {
        private readonly string?[] _cells =
        [
            entry.TimeText,
            TableFiles.Number(place.Number),
            TableFiles.Number(place.Index),
            entry.Type,
            entry.Actor,
            entry.Link("run"),
            entry.Link("repository"),
            entry.Fact("environment"),
            entry.Fact("commit"),
            entry.Fact("plan_sha256"),
            entry.Decision("rule"),
            entry.Decision("reason"),
        ];

        private string? _review = entry.Type == GlassBroken ? "not yet" : null;
        private (string Time, string By, Place Place)? _by;

        public bool IsInRange { get; private set; } = place.IsInRange;

        public bool IsReviewed { get; private set; }

        public void Review(EvidenceEntry review, Place where)
        {
            IsInRange |= where.IsInRange;
            IsReviewed |= review.Type == GlassReviewed;
            _review =
                review.Type == GlassUnreviewed ? "nobody in time"
                : _review == "nobody in time" ? "reviewed, too late"
                : "reviewed";
            _by = (review.TimeText, review.Actor, where);
        }

        public IEnumerable<string?> Cells()
        {
            place.Prove();
            _by?.Place.Prove();
            return
            [
                .. _cells,
                _review,
                _by?.Time,
                _by?.By,
                TableFiles.Number(_by?.Place.Number),
                TableFiles.Number(_by?.Place.Index),
            ];
        }
    }
}
