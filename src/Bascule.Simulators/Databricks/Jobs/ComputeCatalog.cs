using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Bascule.Simulators.Databricks.Jobs;

/// <summary>The clusters and cluster policies that exist. Nothing is started: every task runs on this machine.</summary>
internal sealed class ComputeCatalog
{
    private readonly ConcurrentDictionary<string, bool> _clusters = new();
    private readonly ConcurrentDictionary<string, bool> _policies = new();

    public void AddCluster(string id) => _clusters[id] = true;

    public void AddPolicy(string id) => _policies[id] = true;

    public bool HasCluster(string id) => _clusters.ContainsKey(id);

    public string? Fault(JsonObject cluster)
    {
        var policy = cluster["policy_id"]?.GetValue<string>();
        if (policy is not null && !_policies.ContainsKey(policy))
            return $"Can't find a cluster policy with id: {policy}.";
        if (policy is not null && cluster["apply_policy_default_values"]?.GetValue<bool>() == true)
            return null;
        if (cluster["spark_version"] is null)
            return "new_cluster.spark_version is required.";
        return cluster["node_type_id"] is null && cluster["instance_pool_id"] is null
            ? "new_cluster needs node_type_id or instance_pool_id."
            : null;
    }
}
