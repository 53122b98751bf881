using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Work;

internal static class WorkExtensions
{
    /// <summary>Room for the work in hand, and for what is stopped after it.</summary>
    private static readonly TimeSpan StopTimeout = Dispatcher.LongestStop + TimeSpan.FromSeconds(10);

    public static void AddWork(this IServiceCollection services)
    {
        services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        services.AddHostedService<Dispatcher>();
    }
}
