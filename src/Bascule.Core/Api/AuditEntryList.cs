using System.Text.Json;

namespace Bascule.Core.Api;

/// <summary>Entries of the audit log, the newest first.</summary>
/// <param name="Next">Ask with <c>before</c> set to this for older ones; null when there are none.</param>
public sealed record AuditEntryList(IReadOnlyList<AuditEntryRecord> Entries, long? Next)
{
    /// <summary>What the people are called now that the entries speak of, by pseudonym; for whoever may see people.</summary>
    public IReadOnlyDictionary<string, string>? People { get; init; }
}

/// <param name="Index">Its place in the audit log, through all epochs.</param>
/// <param name="Log">Which log holds it, and as which leaf: what a proof is asked for by.</param>
/// <param name="Entry">The entry as it was written; its exact bytes are the RFC 8785 form of this.</param>
public sealed record AuditEntryRecord(long Index, int Log, long Leaf, JsonElement Entry)
{
    /// <summary>What the entry's personal part says, for whoever may see people; null without one.</summary>
    public PersonalRecord? Personal { get; init; }
}
