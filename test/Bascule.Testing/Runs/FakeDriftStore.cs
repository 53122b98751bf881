using Bascule.Core.Drift;

namespace Bascule.Testing.Runs;

/// <summary>Standings in memory.</summary>
public sealed class FakeDriftStore : IDriftStore
{
    public IList<DriftStanding> Standings { get; } = [];

    public Task<IReadOnlyList<DriftStanding>> ListAsync(string? environment, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DriftStanding>>([
            .. Standings.Where(one => environment is null || one.Place.Environment == environment),
        ]);
}
