using Bascule.Core.Work;

namespace Bascule.Core.Provenance;

/// <summary>A key that signs statements, or did. It is published for ever: what it signed stays verifiable.</summary>
/// <param name="Id">Of the public key.</param>
/// <param name="Place">Where the private half is: <c>local</c>, <c>pkcs11:LABEL/ID</c>, <c>azure-key:VAULT/NAME/VERSION</c>.</param>
/// <param name="Spki">The public half, DER.</param>
/// <param name="SealedPrivateKey">By the master key, for a local one; null for any other, whose private half is not here.</param>
/// <param name="From">When it begins to sign; it is published before.</param>
public sealed record ProvenanceKey(
    string Id,
    string Place,
    ReadOnlyMemory<byte> Spki,
    ReadOnlyMemory<byte>? SealedPrivateKey,
    DateTimeOffset AddedAt,
    DateTimeOffset From
)
{
    public const string Local = "local";

    /// <summary>When the next one took over; null while it is the last.</summary>
    public DateTimeOffset? Until { get; init; }

    public bool SignsAt(DateTimeOffset at) => at >= From && (Until is not { } until || at < until);
}

/// <summary>
/// Adds a key, and ends the one before it when it begins. Conflict when it is there already, or when somebody added another meanwhile: of two that rotate at
/// once one comes second.
/// </summary>
/// <param name="After">The id of the newest key that was read; null when there was none.</param>
public sealed record AddProvenanceKey(ProvenanceKey Key, string? After) : Change;
