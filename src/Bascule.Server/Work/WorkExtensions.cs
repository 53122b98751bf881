using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Work;

internal static class WorkExtensions
{
    public static void AddWork(this IServiceCollection services) => services.AddHostedService<Dispatcher>();
}
