using System.Security.Cryptography;
using Bascule.Core.Runs;
using Bascule.Core.Work;

namespace Bascule.Core.Provenance;

/// <summary>A signed statement about a run, as it is kept: never changed, one for each run and predicate.</summary>
/// <param name="Envelope">The DSSE envelope's exact bytes.</param>
/// <param name="KeyId">Of the key that signed it.</param>
public sealed record Attestation(
    RunId Run,
    string PredicateType,
    ReadOnlyMemory<byte> Envelope,
    string KeyId,
    DateTimeOffset At
)
{
    /// <summary>SHA-256 over <see cref="Envelope"/>, hex: what the audit log says of it.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Envelope.Span));
}

/// <summary>Conflict when there is one for this run and predicate; dropped when the run is gone.</summary>
public sealed record AddAttestation(Attestation Attestation) : Change;

public interface IAttestationStore
{
    /// <summary>By predicate.</summary>
    Task<IReadOnlyList<Attestation>> ListAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Oldest first.</summary>
    Task<IReadOnlyList<ProvenanceKey>> ListKeysAsync(CancellationToken cancellationToken);
}
