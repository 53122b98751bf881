using Bascule.Core.Audit.Log;

namespace Bascule.Server.Audit.Log;

/// <summary>What operators decide about the audit log.</summary>
/// <param name="Witnesses">Verifier keys of those whose cosignatures are kept, as c2sp.org/signed-note writes them.</param>
/// <param name="Standbys">How many standby servers must have written down what a checkpoint covers before anybody is shown it. PostgreSQL only.</param>
public sealed record AuditLogSettings(IReadOnlyList<string> Witnesses, int Standbys)
{
    public static readonly AuditLogSettings Default = new([], 0);

    /// <summary>The keys themselves; whoever asks disposes of them.</summary>
    internal IReadOnlyList<NoteKey> OpenWitnesses() => [.. Witnesses.Select(text => NoteKey.Parse(text).Value)];
}
