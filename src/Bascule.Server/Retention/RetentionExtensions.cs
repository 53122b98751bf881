using Bascule.Core.Work;
using Bascule.Server.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Retention;

internal static class RetentionExtensions
{
    public static void AddRetention(this IServiceCollection services, RetentionSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<IWorkHandler, RetentionHandler>();
    }
}
