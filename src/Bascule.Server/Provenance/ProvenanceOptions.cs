namespace Bascule.Server.Provenance;

/// <param name="Bascule">The public address: who says what statements say.</param>
/// <param name="Overlap">How long a key is published before it signs.</param>
internal sealed record ProvenanceOptions(Uri Bascule, TimeSpan Overlap);
