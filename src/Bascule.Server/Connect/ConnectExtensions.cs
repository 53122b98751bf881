using Bascule.Core.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Connect;

internal static class ConnectExtensions
{
    public static void AddConnect(this IServiceCollection services)
    {
        services.AddSingleton<WebhookRegistrar>();
        services.AddSingleton<IWorkHandler, RotationHandler>();
        services.AddSingleton<RefBaseline>();
        services.AddSingleton<WebhookProbe>();
        services.AddSingleton<BranchGuard>();
        services.AddSingleton<PlatformLogins>();
        services.AddSingleton<Doctor>();
        services.AddSingleton<Connector>();
    }
}
