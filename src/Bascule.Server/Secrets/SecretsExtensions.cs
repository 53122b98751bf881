using Bascule.Connectors.Secrets;
using Bascule.Server.Configuration;
using Bascule.Server.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Secrets;

internal static partial class SecretsExtensions
{
    public static void AddSecrets(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<SecretGate>();
        services.AddSingleton(provider =>
        {
            var log = provider.GetRequiredService<ILogger<SecretSources>>();
            var identities = provider.GetRequiredService<RunIdentities>();
            return SecretSources.Open(
                settings.SecretSources,
                source => identities.ForSecrets(SecretIdentity.Subject(source)),
                provider.GetRequiredService<TimeProvider>(),
                detail => Log.NoAnswer(log, detail)
            );
        });
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SecretStart>(provider, settings));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<SecretRefresh>(provider, settings));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A source of secrets did not answer: {Detail}")]
        public static partial void NoAnswer(ILogger log, string detail);
    }
}
