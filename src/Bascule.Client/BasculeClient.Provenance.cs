using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Client;

public sealed partial class BasculeClient
{
    /// <summary>The signed statements about a run; empty while it has not ended, or was never started.</summary>
    public Task<Result<AttestationList>> ListAttestationsAsync(string run, CancellationToken cancellationToken) =>
        GetAsync($"{RunPath(run)}/attestations", ApiJson.Default.AttestationList, cancellationToken);

    /// <summary>Oldest first.</summary>
    public Task<Result<ProvenanceKeyList>> ListProvenanceKeysAsync(CancellationToken cancellationToken) =>
        GetAsync("provenance/keys", ApiJson.Default.ProvenanceKeyList, cancellationToken);

    /// <summary>Publishes the next key. Conflict when one waits for its turn already.</summary>
    /// <param name="atOnce">It signs from now on, without the overlap.</param>
    public Task<Result<ProvenanceKeyRecord>> RotateProvenanceKeyAsync(
        bool atOnce,
        CancellationToken cancellationToken
    ) =>
        PostAsync(
            $"provenance/keys/rotate?now={(atOnce ? "true" : "false")}",
            ApiJson.Default.ProvenanceKeyRecord,
            cancellationToken
        );
}
