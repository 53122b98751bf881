using Bascule.Core.Forges;
using Bascule.Server.Connections;

namespace Bascule.Server.Reports;

/// <summary>
/// Which pull requests carry the one status that a merge can be made to wait for: those into branches that an environment with <c>required_check</c> takes.
/// That goes by the settings alone, so that no workflow file can take the status away, and nobody waits for one that never comes.
/// </summary>
internal sealed class RequiredChecks(EnvironmentConnections environments, ForgeConnections forges)
{
    /// <summary>Two parts, where the status of a workflow has three: no name of a workflow makes it.</summary>
    public static string ContextOf(string environment) => $"bascule/{environment}";

    public IReadOnlyList<string> For(RepositoryKey key, ForgeRepository repository, RefName target) =>
        forges.Find(key.ForgeUid) is { } forge
            ?
            [
                .. environments
                    .All.Select(environment => environment.Rule)
                    .Where(rule => rule.RequiredCheck && rule.TakesPush(forge.Name, repository.FullName, target))
                    .Select(rule => rule.Name),
            ]
            : [];

    public bool Covers(string? environment, RepositoryKey key, ForgeRepository repository, RefName target) =>
        environment is not null && For(key, repository, target).Contains(environment);
}
