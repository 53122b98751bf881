using Bascule.Cli.Demo.Airflow;
using Bascule.Cli.Demo.ApiManagement;
using Bascule.Cli.Demo.AzureML;
using Bascule.Cli.Demo.Databricks;

namespace Bascule.Cli.Demo;

/// <summary>Starts what stands in for a platform, before there is a Bascule.</summary>
internal delegate Task<IDemoPlatform> StartDemoPlatform(DemoGround ground, CancellationToken cancellationToken);

/// <summary>The platforms that the demo can be played on, by name.</summary>
internal static class DemoPlatforms
{
    public const string Default = DatabricksDemo.Name;

    private static readonly Dictionary<string, StartDemoPlatform> Known = new()
    {
        [DatabricksDemo.Name] = DatabricksDemo.StartAsync,
        [AirflowDemo.Name] = AirflowDemo.StartAsync,
        [ApimDemo.Name] = ApimDemo.StartAsync,
        [AzureMlDemo.Name] = AzureMlDemo.StartAsync,
    };

    public static string[] Names => [.. Known.Keys];

    public static StartDemoPlatform Find(string name) => Known[name];
}
