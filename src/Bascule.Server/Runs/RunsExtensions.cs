using Bascule.Core.Runs;
using Bascule.Core.Work;
using Bascule.Server.Runs.Reproducing;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Runs;

internal static class RunsExtensions
{
    public static void AddRuns(this IServiceCollection services)
    {
        services.AddSingleton<RunMark>();
        services.AddSingleton<RunJournals>();
        services.AddSingleton<OtherDeployments>();
        services.AddSingleton<PlanSurroundings>();
        services.AddSingleton<RunContexts>();
        services.AddSingleton<RunRequirements>();
        services.AddSingleton<ReproductionStart>();
        services.AddSingleton<ReproductionEnds>();
        services.AddSingleton<RunSiblings>();
        services.AddSingleton<Turns>();
        services.AddSingleton<IRunCommands, RunCommands>();
        services.AddSingleton<IWorkHandler, StartHandler>();
        services.AddSingleton<IWorkHandler, ObserveHandler>();
        services.AddSingleton<IWorkHandler, CancelHandler>();
    }
}
