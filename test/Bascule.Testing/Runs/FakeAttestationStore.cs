using Bascule.Core.Provenance;
using Bascule.Core.Runs;

namespace Bascule.Testing.Runs;

/// <summary>Signed statements in memory.</summary>
public sealed class FakeAttestationStore : IAttestationStore
{
    public IList<Attestation> All { get; } = [];

    public Task<IReadOnlyList<Attestation>> ListAsync(RunId run, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Attestation>>([.. All.Where(one => one.Run == run)]);

    public Task<IReadOnlyList<ProvenanceKey>> ListKeysAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ProvenanceKey>>([]);
}
