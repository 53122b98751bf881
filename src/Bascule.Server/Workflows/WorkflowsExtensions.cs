using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Bascule.Server.Notebooks;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Workflows;

internal static class WorkflowsExtensions
{
    public static void AddWorkflows(this IServiceCollection services, IReadOnlyList<IPlatformConnector> platforms)
    {
        services.AddSingleton(new WorkflowSource(platforms));
        services.AddSingleton(new NotebookReaders(platforms));
        services.AddSingleton<IMetricGoals, MetricGoals>();
    }
}
