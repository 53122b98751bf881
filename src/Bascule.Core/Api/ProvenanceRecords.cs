using System.Text.Json;

namespace Bascule.Core.Api;

/// <summary>The signed statements about one run.</summary>
public sealed record AttestationList(IReadOnlyList<AttestationRecord> Attestations);

/// <param name="Envelope">The DSSE envelope, exactly as it was signed; as base64, so that no reader rewrites it.</param>
/// <param name="Bundle">The same as a sigstore bundle.</param>
public sealed record AttestationRecord(
    string PredicateType,
    string Key,
    DateTimeOffset At,
    string Sha256,
    byte[] Envelope,
    byte[] Bundle
);

/// <summary>Every key that signs statements, did, or will; oldest first.</summary>
public sealed record ProvenanceKeyList(IReadOnlyList<ProvenanceKeyRecord> Keys);

/// <param name="Place"><c>local</c>, or where the private half is.</param>
/// <param name="State">next, signing or former.</param>
/// <param name="From">When it begins to sign.</param>
/// <param name="Until">When the next one takes over; null while there is none.</param>
public sealed record ProvenanceKeyRecord(
    string Id,
    string Place,
    string State,
    DateTimeOffset From,
    DateTimeOffset? Until,
    string Pem
);

/// <summary>What <c>bascule verify</c> says of one statement.</summary>
/// <param name="Failed">Which check failed, and why; null when it verifies.</param>
public sealed record VerifiedRecord(bool Verified, string? Failed)
{
    public string? PredicateType { get; init; }

    /// <summary>Of the key that signed it.</summary>
    public string? Key { get; init; }

    /// <summary>When it was signed, as it says itself.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The statement, whole; null unless it verifies.</summary>
    public JsonElement? Statement { get; init; }
}

/// <param name="Verified">All of them did, and there was at least one.</param>
public sealed record VerifiedList(bool Verified, IReadOnlyList<VerifiedRecord> Statements);
