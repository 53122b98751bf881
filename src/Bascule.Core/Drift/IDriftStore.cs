namespace Bascule.Core.Drift;

/// <summary>What comparisons with platforms found last.</summary>
public interface IDriftStore
{
    /// <summary>By environment, repository and workflow.</summary>
    /// <param name="environment">Null for all of them.</param>
    Task<IReadOnlyList<DriftStanding>> ListAsync(string? environment, CancellationToken cancellationToken);
}
