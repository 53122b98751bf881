using Bascule.Core.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Schedules;

internal static class SchedulesExtensions
{
    public static void AddSchedules(this IServiceCollection services)
    {
        services.AddSingleton<BranchSchedules>();
        services.AddSingleton<IWorkHandler, ScheduleHandler>();
        services.AddSingleton<IWorkHandler, ScheduleBeginHandler>();
    }
}
