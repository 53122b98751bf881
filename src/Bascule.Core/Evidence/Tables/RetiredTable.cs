using Bascule.Core.Audit;

namespace Bascule.Core.Evidence.Tables;

/// <summary>
/// Who was retired, and what came after, up to the end of the last log: the first refusal is evidence also when it came after the range. Only entries that name
/// the identity count.
/// </summary>
internal sealed class RetiredTable : IEvidenceRows
{
    private static readonly string[] Columns =
    [
        "retired_at",
        "log",
        "entry",
        "person",
        "retired_by",
        "again",
        "first_refused_at",
        "first_refused_log",
        "first_refused_entry",
        "first_refused_type",
        "first_refused_rule",
        "refused_after",
        "let_in_after",
        "first_let_in_log",
        "first_let_in_entry",
    ];

    private readonly List<Row> _rows = [];
    private readonly HashSet<string> _people = new(StringComparer.Ordinal);

    public void See(EvidenceEntry entry, Place place)
    {
        if (_people.Contains(entry.ActorUid))
            foreach (var row in _rows.Where(row => row.Person == entry.ActorUid))
                row.Take(entry, place);
        if (entry.Type != AuditTypes.PersonRetired || entry.Fact("person") is not { } person)
            return;
        _people.Add(person);
        _rows.Add(new Row(person, entry.TimeText, entry.Actor, entry.Fact("again"), place));
    }

    public void Finish(TableFiles files)
    {
        files.Begin(EvidenceTables.IdentitiesRetired, Columns);
        foreach (var row in _rows.Where(row => row.IsInRange))
            files.Add(EvidenceTables.IdentitiesRetired, row.Cells());
    }

    private sealed class Row(string person, string at, string by, string? again, Place place)
    {
        private (Place Place, string Time, string Type, string? Rule)? _refused;
        private Place? _letIn;
        private int _refusals;
        private int _lettings;

        public string Person => person;

        public bool IsInRange { get; private set; } = place.IsInRange;

        public void Take(EvidenceEntry entry, Place where)
        {
            IsInRange |= where.IsInRange && entry.Allowed is not null;
            if (entry.Allowed == false)
            {
                _refusals++;
                _refused ??= (where, entry.TimeText, entry.Type, entry.Decision("rule"));
            }
            else if (entry.Allowed == true || entry.Type == AuditTypes.PersonSignedIn)
            {
                _lettings++;
                _letIn ??= where;
            }
        }

        public IEnumerable<string?> Cells()
        {
            place.Prove();
            _refused?.Place.Prove();
            _letIn?.Prove();
            return
            [
                at,
                TableFiles.Number(place.Number),
                TableFiles.Number(place.Index),
                person,
                by,
                again,
                _refused?.Time,
                TableFiles.Number(_refused?.Place.Number),
                TableFiles.Number(_refused?.Place.Index),
                _refused?.Type,
                _refused?.Rule,
                TableFiles.Number(_refusals),
                TableFiles.Number(_lettings),
                TableFiles.Number(_letIn?.Number),
                TableFiles.Number(_letIn?.Index),
            ];
        }
    }
}
