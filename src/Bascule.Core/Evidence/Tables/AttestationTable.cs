using Bascule.Core.Audit;

namespace Bascule.Core.Evidence.Tables;

/// <summary>Which statements the log says were signed. A statement that could be fetched lies under its digest.</summary>
internal sealed class AttestationTable : IEvidenceRows
{
    public const string Folder = "attestations/";

    private static readonly string[] Columns =
    [
        "time",
        "log",
        "entry",
        "run",
        "repository",
        "commit",
        "content",
        "predicate",
        "envelope_sha256",
        "key",
    ];

    private readonly TableFiles _files;
    private readonly SortedSet<string> _runs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _digests = new(StringComparer.Ordinal);

    public AttestationTable(TableFiles files)
    {
        _files = files;
        files.Begin(EvidenceTables.Attestations, Columns);
    }

    /// <summary>That have signed statements in the range.</summary>
    public IReadOnlyCollection<string> Runs => _runs;

    /// <summary>Whether the log says that a statement with that digest was signed in the range.</summary>
    public bool Has(string digest) => _digests.Contains(digest);

    public void See(EvidenceEntry entry, Place place)
    {
        if (entry.Type != AuditTypes.RunAttested || !place.IsInRange)
            return;
        if (entry.Link("run") is { } run)
            _runs.Add(run);
        if (entry.Fact("envelope_sha256") is { } digest)
            _digests.Add(digest);
        _files.Add(
            EvidenceTables.Attestations,
            [
                entry.TimeText,
                TableFiles.Number(entry.Log),
                TableFiles.Number(entry.Index),
                entry.Link("run"),
                entry.Link("repository"),
                .. Columns[5..].Select(entry.Fact),
            ]
        );
    }

    public void Finish(TableFiles files) { }
}
