using static Bascule.Core.Audit.AuditTypes;

namespace Bascule.Core.Evidence.Tables;

/// <summary>What the log says of one run that was to change something in an environment.</summary>
internal sealed class ChangeRow(string environment, string run)
{
    private const string OwnForge = "forge.";

    public static IReadOnlyList<string> Columns { get; } =
    [
        "decided_at",
        "log",
        "entry",
        "run",
        "repository",
        "workflow",
        "trigger",
        "delivery",
        "commit",
        "content",
        "plan_sha256",
        "allowed",
        "rule",
        "reason",
        "state",
        "decided_again",
        "approved_by",
        "approvals_refused",
        "approvals_voided",
        "approval_expired",
        "without_approval_by",
        "proven_by",
        "first_sent_at",
        "first_sent",
        "calls",
        "calls_failed",
        "asked",
        "signed_statements",
        "entries",
    ];

    private readonly Dictionary<string, string?> _cells = new(StringComparer.Ordinal);
    private readonly List<Place> _places = [];
    private int _refused;
    private int _calls;
    private int _failed;

    public string Environment => environment;

    /// <summary>Something of it happened in the range.</summary>
    public bool IsInRange { get; private set; }

    /// <summary>Nothing more is to come.</summary>
    public bool HasEnded { get; private set; }

    public bool HasPlaces => _places.Count > 0;

    public (int, long) Order => (_places[0].Number, _places[0].Index);

    public void Take(EvidenceEntry entry, Place place)
    {
        if (!TakeCells(entry))
            return;
        IsInRange |= place.IsInRange;
        _places.Add(place);
    }

    public void Cite()
    {
        foreach (var place in _places)
            place.Cite();
    }

    public IEnumerable<string?> Cells()
    {
        _cells["run"] = run;
        _cells["approvals_refused"] = TableFiles.Number(_refused);
        _cells["calls"] = TableFiles.Number(_calls);
        _cells["calls_failed"] = TableFiles.Number(_failed);
        _cells["entries"] = string.Join(
            ' ',
            _places.Select(place => $"{TableFiles.Number(place.Number)}/{TableFiles.Number(place.Index)}")
        );
        return Columns.Select(_cells.GetValueOrDefault);
    }

    /// <summary>Whether the entry says anything of the change itself: a comment at the forge does not.</summary>
    private bool TakeCells(EvidenceEntry entry)
    {
        switch (entry.Type)
        {
            case RunDecided:
                Decide(entry);
                break;
            case ApprovalGiven:
                Append("approved_by", entry.Actor);
                break;
            case ApprovalRefused:
                _refused++;
                break;
            case ApprovalVoided:
                Append("approvals_voided", entry.Fact("given_by"));
                break;
            case ApprovalExpired:
                (_cells["approval_expired"], HasEnded) = (entry.TimeText, true);
                break;
            case GlassBroken:
                Append("without_approval_by", entry.Actor);
                break;
            case RunProven:
                Append("proven_by", entry.Fact("person"));
                break;
            case RunAsked:
                Append("asked", $"{entry.Fact("asked")} by {entry.Actor}");
                break;
            case RunAttested:
                Append("signed_statements", entry.Fact("envelope_sha256"));
                HasEnded = true;
                break;
            case CallBegun or CallEnded:
                return Call(entry);
            default:
                return false;
        }
        return true;
    }

    private void Decide(EvidenceEntry entry)
    {
        HasEnded = entry.Allowed == false;
        if (_cells.ContainsKey("decided_at"))
        {
            Append("decided_again", $"{entry.TimeText} {entry.Decision("rule")}: {entry.Fact("state")}");
            return;
        }
        _cells["decided_at"] = entry.TimeText;
        (_cells["log"], _cells["entry"]) = (TableFiles.Number(entry.Log), TableFiles.Number(entry.Index));
        foreach (var link in (string[])["repository", "delivery"])
            _cells[link] = entry.Link(link);
        foreach (var fact in (string[])["workflow", "trigger", "commit", "content", "plan_sha256", "state"])
            _cells[fact] = entry.Fact(fact);
        _cells["allowed"] = entry.Decision("allow");
        (_cells["rule"], _cells["reason"]) = (entry.Decision("rule"), entry.Decision("reason"));
    }

    private bool Call(EvidenceEntry entry)
    {
        if (entry.Fact("operation") is not { } operation || operation.StartsWith(OwnForge, StringComparison.Ordinal))
            return false;
        if (entry.Type == CallEnded)
        {
            _failed += entry.Fact("ok") == "no" ? 1 : 0;
            return true;
        }
        _calls++;
        if (_cells.TryAdd("first_sent_at", entry.TimeText))
            _cells["first_sent"] = $"{operation} {entry.Fact("target")}";
        return true;
    }

    private void Append(string column, string? text) =>
        _cells[column] = _cells.TryGetValue(column, out var known) && known is not null ? $"{known} {text}" : text;
}
