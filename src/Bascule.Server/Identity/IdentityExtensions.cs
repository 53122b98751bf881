using Bascule.Server.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Identity;

internal static class IdentityExtensions
{
    public static void AddIdentity(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(new IssuerAddress(settings.PublicUrl));
        services.AddSingleton<SigningKeys>();
        services.AddSingleton(provider => new KeyPublication(
            provider.GetRequiredService<SigningKeys>(),
            settings.PublicUrl,
            settings.Listen.Tls?.Ca,
            provider.GetRequiredService<ILogger<KeyPublication>>()
        ));
        services.AddSingleton<RunIdentities>();
    }
}
