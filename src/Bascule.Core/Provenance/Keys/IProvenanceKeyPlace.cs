namespace Bascule.Core.Provenance.Keys;

/// <summary>Somewhere keys are kept that sign statements. The private half never comes out of it, except into the database sealed.</summary>
public interface IProvenanceKeyPlace
{
    /// <summary>How the places of its keys begin, e.g. <c>pkcs11</c>.</summary>
    string Kind { get; }

    /// <summary>The key to sign by from the next rotation on: made here, or the one that the settings name there now.</summary>
    Task<Result<FoundKey>> FindAsync(CancellationToken cancellationToken);

    /// <summary>A key that was added before. NotFound when it is not there any more.</summary>
    Task<Result<IProvenanceSigner>> OpenAsync(ProvenanceKey key, CancellationToken cancellationToken);
}

/// <param name="Place">As <see cref="ProvenanceKey.Place"/>.</param>
/// <param name="Sealed">For a key that is kept in the database; null for any other.</param>
public sealed record FoundKey(string Place, VerificationKey Key, ReadOnlyMemory<byte>? Sealed);
