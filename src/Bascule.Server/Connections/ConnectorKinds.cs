using Bascule.Connectors.Forges.Forgejo;
using Bascule.Connectors.Forges.Gitea;
using Bascule.Connectors.Forges.Gogs;
using Bascule.Connectors.Platforms.Airflow;
using Bascule.Connectors.Platforms.ApiManagement;
using Bascule.Connectors.Platforms.AzureML;
using Bascule.Connectors.Platforms.Databricks;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;

namespace Bascule.Server.Connections;

/// <summary>Every kind of connection that settings may name: a new connector is one line here.</summary>
public static class ConnectorKinds
{
    public static IReadOnlyList<IForgeConnector> Forges { get; } =
    [new GiteaConnector(), new GogsConnector(), new ForgejoConnector()];

    public static IReadOnlyList<IPlatformConnector> Platforms { get; } =
    [new DatabricksConnector(), new AirflowConnector(), new ApimConnector(), new AzureMlConnector()];
}
