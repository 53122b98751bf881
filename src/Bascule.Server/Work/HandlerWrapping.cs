using Bascule.Core.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Work;

internal static class HandlerWrapping
{
    /// <summary>Puts something around every handler that is registered so far.</summary>
    public static void WrapHandlers(
        this IServiceCollection services,
        Func<IServiceProvider, IWorkHandler, IWorkHandler> wrap
    )
    {
        foreach (var inner in services.Where(service => service.ServiceType == typeof(IWorkHandler)).ToList())
        {
            services.Remove(inner);
            services.AddSingleton(provider => wrap(provider, Make(provider, inner)));
        }
    }

    private static IWorkHandler Make(IServiceProvider provider, ServiceDescriptor handler) =>
        (IWorkHandler)(
            handler.ImplementationInstance
            ?? handler.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, handler.ImplementationType!)
        );
}
