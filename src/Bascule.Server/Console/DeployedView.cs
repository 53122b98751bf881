using Bascule.Core.Api;
using Bascule.Server.Lineage;

namespace Bascule.Server.Console;

/// <summary>What runs where, and what of it is not as it was deployed.</summary>
public sealed record DeployedView(Deployed Deployed, IReadOnlyList<DriftRecord> Drift)
{
    /// <summary>Of one environment, what people should look at: what was found, and what is not known.</summary>
    public IEnumerable<DriftRecord> DriftOf(string? environment) =>
        Drift.Where(one => one.Environment == environment && one.State != DriftState.None);
}
