using Bascule.Core.Content;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bascule.Server.Mirrors;

/// <summary>Wires up mirrors.</summary>
public static class MirrorsExtensions
{
    public static IServiceCollection AddMirrors(this IServiceCollection services, MirrorOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<IMirrors, GitMirrors>();
        return services;
    }
}
